import type { NatsConnection } from "nats";
import type { Socket } from "node:net";

/** A connection's present socket. The client library does not document this socket, so undefined is possible. */
export function socketOf(nc: NatsConnection): Socket | undefined {
  const { protocol } = nc as { protocol?: { readonly transport?: { readonly socket?: Socket } } };
  return protocol?.transport?.socket;
}

/**
 * Begins to watch for signs that a connection's link is alive. The returned function returns true if there was a sign
 * since then: bytes have arrived, or the kernel has accepted some of the waiting bytes, or the connection has another
 * socket. Bytes that the kernel accepts at once do not count. The kernel accepts them on a dead link too.
 */
export function signsOfLife(nc: NatsConnection): () => boolean {
  const socket = socketOf(nc);
  const [read, waiting] = [socket?.bytesRead, roomless(socket)];
  return () => socketOf(nc) !== socket || socket?.bytesRead !== read || (waiting > 0 && roomless(socket) !== waiting);
}

/** Reconnects at once. The client library would first wait until all pending data is written. */
export async function giveUp(nc: NatsConnection): Promise<void> {
  const socket = socketOf(nc);
  if (socket === undefined) await nc.reconnect().catch(() => undefined);
  else socket.destroy();
}

/**
 * The number of bytes that wait because the kernel's buffer is full. Node does not document this number, but Node's own
 * socket timeouts depend on it.
 */
function roomless(socket: Socket | undefined): number {
  const { _handle: handle } = (socket ?? {}) as { readonly _handle?: { readonly writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? 0;
}

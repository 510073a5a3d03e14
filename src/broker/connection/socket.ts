import type { NatsConnection } from "nats";
import type { Socket } from "node:net";

/** A connection's present socket. The client library does not document it: undefined if it is not found. */
export function socketOf(nc: NatsConnection): Socket | undefined {
  const { protocol } = nc as { protocol?: { readonly transport?: { readonly socket?: Socket } } };
  return protocol?.transport?.socket;
}

/**
 * Begins to watch for signs that a connection's link is alive. The returned function says whether there was one since:
 * bytes have arrived, or the kernel has accepted some of the bytes that were waiting, or the connection has another
 * socket. Bytes that the kernel accepts at once are no sign, since it accepts them on a dead link too.
 */
export function signsOfLife(nc: NatsConnection): () => boolean {
  const socket = socketOf(nc);
  const [read, waiting] = [socket?.bytesRead, roomless(socket)];
  return () => socketOf(nc) !== socket || socket?.bytesRead !== read || (waiting > 0 && roomless(socket) !== waiting);
}

/** Reconnects at once: the client library would wait until all pending data is written. */
export async function giveUp(nc: NatsConnection): Promise<void> {
  const socket = socketOf(nc);
  if (socket === undefined) await nc.reconnect().catch(() => undefined);
  else socket.destroy();
}

/**
 * The bytes that wait because the kernel's buffer is full. Not documented by Node; its own socket timeouts depend on it
 * too.
 */
function roomless(socket: Socket | undefined): number {
  const { _handle: handle } = (socket ?? {}) as { readonly _handle?: { readonly writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? 0;
}

import type { NatsConnection } from "nats";
import type { Socket } from "node:net";

/** A connection's present socket. Not part of the client library's interface: undefined where it is not found. */
export function socketOf(nc: NatsConnection): Socket | undefined {
  const { protocol } = nc as { protocol?: { readonly transport?: { readonly socket?: Socket } } };
  return protocol?.transport?.socket;
}

/**
 * Begins to look for signs that a connection's link lives; the function that is returned tells whether there was one
 * since: bytes have come, or the kernel has taken some of those that it had no room for, or the socket is another one.
 * Bytes that the kernel takes when it has room are no sign, since nobody need have received those before.
 */
export function signsOfLife(nc: NatsConnection): () => boolean {
  const socket = socketOf(nc);
  const [read, waiting] = [socket?.bytesRead, roomless(socket)];
  return () => socketOf(nc) !== socket || socket?.bytesRead !== read || (waiting > 0 && roomless(socket) !== waiting);
}

/** Has a connection made anew, at once: the client library would wait until all is written that was to be. */
export async function giveUp(nc: NatsConnection): Promise<void> {
  const socket = socketOf(nc);
  if (socket === undefined) await nc.reconnect().catch(() => undefined);
  else socket.destroy();
}

/** The bytes for which the kernel has no room. Not part of Node's interface; its own timeout of sockets goes by it too. */
function roomless(socket: Socket | undefined): number {
  const { _handle: handle } = (socket ?? {}) as { readonly _handle?: { readonly writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? 0;
}

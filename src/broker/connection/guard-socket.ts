import type { NatsConnection } from "nats";
import { socketOf } from "./socket.ts";

/**
 * Keeps an error of a connection's present socket from ending the process. The client library removes all listeners
 * from a socket that it gives up. If an error is reported after that, for instance because a write fails after the
 * server closed the connection, no listener would catch it. Such an error is no news: it means that the connection is
 * lost.
 */
export function guardSocket(nc: NatsConnection): void {
  const socket = socketOf(nc);
  if (socket === undefined) return;
  const removeAllListeners = socket.removeAllListeners.bind(socket);
  socket.removeAllListeners = (event) => {
    removeAllListeners(event);
    return socket.on("error", () => {});
  };
}

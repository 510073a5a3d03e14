import type { NatsConnection } from "nats";
import { socketOf } from "./socket.ts";

/**
 * Keeps an error of a connection's present socket from ending the process. The client library takes all listeners from a
 * socket that it gives up, and an error that is on its way just then, as of a write behind the server's end of the
 * connection, would find nobody who hears it. What such an error says is known anyway: that the connection is lost.
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

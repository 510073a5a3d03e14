import type { NatsConnection } from "nats";
import { socketOf } from "./socket.ts";

/**
 * Makes sure that an error of a connection's present socket does not end the process. The client library removes all
 * listeners from a socket when the library gives up the socket. After that, no listener would catch an error of the
 * socket, for example of a write after the server closed the connection. Such an error can be ignored, because it only
 * means that the connection is lost.
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

import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** A server that says that it is of an old version, and answers a ping: no nats-server of that age is at hand. */
export async function startOldServer(version: string): Promise<{ address: string } & AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(
      `INFO ${JSON.stringify({ server_id: "old", version, proto: 1, headers: true, max_payload: 1048576 })}\r\n`,
    );
    socket.on("data", (bytes) => {
      if (bytes.includes("PING")) socket.write("PONG\r\n");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}

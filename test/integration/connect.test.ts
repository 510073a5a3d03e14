import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { openBroker } from "../../src/broker/connect.ts";
import { freePort } from "../support/nats-server.ts";

const settings = { namespace: "steward" };
const behaviour = { name: "test", waitMs: 500 };

test("a broker older than the minimum is refused in one line that names both versions", async () => {
  // No nats-server of that age is at hand: this one says so, and answers a ping.
  await using old = await oldServer("2.10.3");
  const opening = openBroker({ ...settings, servers: old.address }, behaviour);
  await expect(opening).rejects.toMatchObject({
    code: "brokerTooOld",
    message: `the broker at ${old.address} is nats-server 2.10.3, and Steward needs 2.14.0 or newer; upgrade it`,
  });
});

test("a broker that does not answer is told with its address, without the password in it", async () => {
  const port = await freePort();
  const opening = openBroker({ ...settings, servers: `nats://ann:secret@127.0.0.1:${port}` }, behaviour);
  await expect(opening).rejects.toThrow(`no broker answers at nats://127.0.0.1:${port} (`);
});

async function oldServer(version: string): Promise<{ address: string } & AsyncDisposable> {
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

import { createServer, type AddressInfo } from "node:net";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { expect, test } from "vitest";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { startServer } from "../support/nats-server.ts";

const namespace = "steward";

test.each([
  ["without JetStream", "users: [{ user: me, password: me }]", "", "jetStreamOff"],
  ["on which no JetStream answers", "users: [{ user: me, password: me }]", "system_account: other", "jetStreamOff"],
  [
    "without the right to ask for streams",
    'jetstream: enabled, users: [{ user: me, password: me, permissions: { publish: { deny: ["$JS.API.>"] } } }]',
    "",
    "brokerRefused",
  ],
])("an account %s is told", async (_what, account, more, code) => {
  await using server = await startServer({
    extraConfig: `
      accounts { main { jetstream: enabled, users: [{ user: main, password: main }] }, other { ${account} } }
      no_auth_user: main
      ${more}`,
  });
  const nc = await connect({ servers: server.url, user: "me", pass: "me" });
  await expect(applyTopology(nc, { namespace })).rejects.toMatchObject({ code });
  await nc.close();
});

test("more replicas than a single server can hold are refused at once", async () => {
  await using server = await startServer();
  const nc = await connect({ servers: server.url });
  await expect(applyTopology(nc, { namespace, replicas: 3 })).rejects.toThrow("cannot have 3 replicas");
  await nc.close();
});

test("subjects that another stream holds are told with the server's words", async () => {
  await using server = await startServer();
  const nc = await connect({ servers: server.url });
  await (await jetstreamManager(nc)).streams.add({ name: "OTHER", subjects: ["steward.>"] });
  await expect(applyTopology(nc, { namespace })).rejects.toThrow("overlap");
  await nc.close();
});

test("a broker older than the minimum is refused", async () => {
  await using broker = await fakeBroker("2.13.9");
  const nc = await connect({ servers: broker.url });
  await expect(applyTopology(nc, { namespace })).rejects.toThrow(/2\.13\.9.*2\.14\.0/);
  await nc.close();
});

/** Says hello as a server of the given version, and answers pings. */
async function fakeBroker(version: string): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((socket) => {
    socket.write(`INFO ${JSON.stringify({ server_id: "fake", version, max_payload: 1024, headers: true })}\r\n`);
    socket.on("data", (data) => data.includes("PING") && socket.write("PONG\r\n"));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `nats://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

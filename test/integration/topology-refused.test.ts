import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { expect, test } from "vitest";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { findServer } from "../../src/broker/server/find.ts";
import { startServerProcess } from "../../src/broker/server/process.ts";
import { startServer } from "../support/nats-server.ts";

const namespace = "steward";

test.each([
  ["without JetStream", "users: [{ user: me, password: me }]", "jetStreamOff"],
  [
    "without the right to ask for streams",
    'jetstream: enabled, users: [{ user: me, password: me, permissions: { publish: { deny: ["$JS.API.>"] } } }]',
    "brokerRefused",
  ],
])("an account %s is reported", async (_what, account, code) => {
  await using server = await startServer({
    extraConfig: `
      accounts { main { jetstream: enabled, users: [{ user: main, password: main }] }, other { ${account} } }
      no_auth_user: main`,
  });
  const nc = await connect({ servers: server.url, user: "me", pass: "me" });
  await expect(applyTopology(nc, { namespace })).rejects.toMatchObject({ code });
  await nc.close();
});

test("a server without JetStream is reported", async () => {
  await using server = await startWithoutJetStream();
  const nc = await connect({ servers: server.url });
  await expect(applyTopology(nc, { namespace })).rejects.toMatchObject({ code: "jetStreamOff" });
  await nc.close();
});

test("more replicas than a single server can hold are refused at once", async () => {
  await using server = await startServer();
  const nc = await connect({ servers: server.url });
  await expect(applyTopology(nc, { namespace, replicas: 3 })).rejects.toThrow("cannot have 3 replicas");
  await nc.close();
});

test("subjects of another stream are reported with the server's words", async () => {
  await using server = await startServer();
  const nc = await connect({ servers: server.url });
  await (await jetstreamManager(nc)).streams.add({ name: "OTHER", subjects: ["steward.>"] });
  await expect(applyTopology(nc, { namespace })).rejects.toThrow("overlap");
  await nc.close();
});

async function startWithoutJetStream(): Promise<AsyncDisposable & { url: string }> {
  const folder = await mkdtemp(join(tmpdir(), "steward-test-"));
  const configFile = join(folder, "server.conf");
  await writeFile(configFile, 'listen: "127.0.0.1:-1"');
  let address = "";
  const server = startServerProcess({
    binary: (await findServer()).path,
    configFile,
    onLine: ({ text }) => (address = /client connections on (\S+)/.exec(text)?.[1] ?? address),
  });
  await server.ready;
  return {
    url: `nats://${address}`,
    [Symbol.asyncDispose]: async () => {
      server.signal("SIGTERM");
      await server.ended;
      await rm(folder, { recursive: true });
    },
  };
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";
import { program } from "../support/steward.ts";
import { until } from "../support/until.ts";

let server: TestServer;
let dataDir: string;
beforeEach(async () => {
  server = await startServer();
  dataDir = await mkdtemp(join(tmpdir(), "steward-node-"));
});
afterEach(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** A daemon that may have to wait before it is ready. */
function launch(): { child: ChildProcess; log: () => string } {
  const args = [program, "node", "ship1", "--data-dir", dataDir, "--server", server.url];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (bytes: Buffer) => (log += bytes.toString()));
  return { child, log: () => log };
}

test("a daemon that waits for the streams to be created ends at the first signal", async () => {
  const { child, log } = launch();
  await until(() => log().includes("create it with `steward init`"));
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(0);
});

test("a daemon that is started while the streams are being created waits for the last of them", async () => {
  const nc = await connect({ servers: server.url });
  await applyTopology(nc, { namespace: "steward" });
  const manager = await jetstreamManager(nc, { checkAPI: false });
  await manager.streams.delete("KV_STEWARD_NODES");
  const { child, log } = launch();
  await until(() => log().includes("KV_STEWARD_NODES"));
  await applyTopology(nc, { namespace: "steward" });
  await until(() => log().includes('"msg":"ready"'));
  child.kill("SIGTERM");
  await once(child, "exit");
  await nc.close();
});

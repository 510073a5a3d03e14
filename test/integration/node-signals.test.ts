import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
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

test("a daemon that waits for the streams to be created ends at the first signal", async () => {
  const args = [program, "node", "ship1", "--data-dir", dataDir, "--server", server.url];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (bytes: Buffer) => (log += bytes.toString()));
  await until(() => log.includes("create it with `steward init`"));
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(0);
});

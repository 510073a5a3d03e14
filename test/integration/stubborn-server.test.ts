import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { superviseServer } from "../../src/broker/server/supervise.ts";
import { freePort } from "../support/nats-server.ts";

test("a nats-server that does not heed SIGTERM is killed after a grace", async () => {
  const folder = await mkdtemp(join(tmpdir(), "steward-stubborn-"));
  const binary = join(folder, "nats-server");
  await writeFile(
    binary,
    `#!/bin/sh\ntrap "" TERM\necho "[1] 2026/01/31 12:00:00.000000 [INF] Server is ready" >&2\nwhile :; do sleep 0.1; done\n`,
  );
  await chmod(binary, 0o755);
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const options = { binary, host: "127.0.0.1", port: await freePort(), storeDir: join(folder, "store") };
  const server = await superviseServer({ ...options, say, stopGrace: 300 });
  const begun = performance.now();
  await Promise.all([server.stop(), server.stop()]);
  expect(performance.now() - begun).toBeGreaterThan(290);
  expect(performance.now() - begun).toBeLessThan(5000);
  expect(said[0]).toBe("nats-server did not stop within 0.3 s; it is killed");
  await rm(folder, { recursive: true, force: true });
});

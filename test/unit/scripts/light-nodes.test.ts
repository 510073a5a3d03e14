import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLightNodes } from "../../../scripts/lib/fleet/nodes.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steward-light-nodes-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts two processes that do this in the place of nodes, and end with their standard input. */
async function start(code: string, signal?: AbortSignal): ReturnType<typeof startLightNodes> {
  const script = join(folder, "process.mjs");
  await writeFile(script, `process.stdin.on("end", () => process.exit(0)).resume(); ${code}`);
  return startLightNodes(script, "", ["node1", "node2"], 2, signal);
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("a process that ends too early is noticed, and the others end with the fleet", async () => {
  const nodes = await start("console.log('ready')");
  const [first = 0, second = 0] = nodes.pids;
  process.kill(first, "SIGKILL");
  await expect(nodes.lost).rejects.toThrow("a process of the fleet ended with SIGKILL");
  expect(isAlive(second)).toBe(true);
  await nodes[Symbol.asyncDispose]();
  expect(isAlive(second)).toBe(false);
});

test("one that ends before it is ready fails the start", async () => {
  await expect(start("process.exit(3)")).rejects.toThrow("a process of the fleet ended with 3");
});

test("a signal ends the start at once", async () => {
  const interruption = new AbortController();
  const starting = start("", interruption.signal);
  setTimeout(() => interruption.abort(new Error("enough")), 100);
  await expect(starting).rejects.toThrow("enough");
  await expect(start("", interruption.signal)).rejects.toThrow("enough");
});

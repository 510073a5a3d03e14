import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { expect, onTestFinished, test, vi } from "vitest";

test("folders that killed processes left behind are removed, but not those in which another process makes pipes", async () => {
  const folder = (name: string): string => join("/dev/shm", `steward-pipes-test-${process.pid}-${name}`);
  const [left, used] = [folder("left"), folder("used")];
  onTestFinished(() => [left, used].forEach((path) => rmSync(path, { recursive: true, force: true })));
  for (const path of [left, used]) mkdirSync(path);
  writeFileSync(join(left, "0"), "");
  const twoMinutesAgo = Date.now() / 1000 - 120;
  utimesSync(left, twoMinutesAgo, twoMinutesAgo);
  vi.resetModules();
  const { takeFifo } = await import("../../../src/exec/fifos.ts");
  expect(takeFifo()).toBeGreaterThan(0);
  expect([existsSync(left), existsSync(used)]).toEqual([false, true]);
});

test("a process that is short of descriptors keeps running", () => {
  const script = fileURLToPath(new URL("fifos.script.ts", import.meta.url));
  const built = buildSync({ entryPoints: [script], bundle: true, platform: "node", format: "esm", write: false });
  const code = built.outputFiles[0]?.text ?? "";
  const args = ["--nofile=1024", process.execPath, "--input-type=module", "--eval", code];
  expect(execFileSync("prlimit", args, { encoding: "utf8" })).toBe("still here\n");
});

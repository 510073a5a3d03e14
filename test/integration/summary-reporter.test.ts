import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../..");
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steward-summary-"));
  const reporter = JSON.stringify(join(repository, "test/support/summary-reporter.ts"));
  await writeFile(
    join(folder, "vitest.config.ts"),
    `import { SummaryReporter } from ${reporter};
     export default { test: { globals: true, globalSetup: "./setup.ts", teardownTimeout: 100, reporters: ["default", new SummaryReporter()] } };`,
  );
  // A handle that keeps the runner from ending.
  await writeFile(join(folder, "setup.ts"), "export default () => { setInterval(() => {}, 1000); };");
});
afterEach(async () => await rm(folder, { recursive: true }));

async function run(
  files: Readonly<Record<string, string>>,
): Promise<{ lastLine: string | undefined; status: number | null }> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const vitest = join(repository, "node_modules/vitest/vitest.mjs");
  const { stdout, status } = spawnSync(process.execPath, [vitest, "run", "--root", folder], { encoding: "utf8" });
  return { lastLine: stdout.trimEnd().split("\n").at(-1), status };
}

test("the last line counts the tests", async () => {
  const ended = await run({
    "a.test.ts": 'test("one", () => {}); test.each([2, 3])("%i", () => {}); test.skip("four", () => {});',
  });
  expect(ended).toEqual({ lastLine: "3 passed, 0 failed, 1 skipped", status: 0 });
});

test("an error outside of a test is a failure", async () => {
  const ended = await run({
    "fails.test.ts": 'test("passes", () => {}); test("fails", () => { throw new Error("no"); });',
    "import.test.ts": 'import "./nothing.ts";',
    "hook.test.ts": 'beforeAll(() => { throw new Error("hook"); }); test("never ran", () => {});',
    "stray.test.ts":
      'test("passes", async () => { setTimeout(() => { throw new Error("stray"); }); await new Promise((r) => setTimeout(r, 50)); });',
  });
  expect(ended).toEqual({ lastLine: "2 passed, 4 failed, 1 skipped", status: 1 });
});

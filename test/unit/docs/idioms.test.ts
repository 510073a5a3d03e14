import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(root, "src", name), "utf8") }));

/** The files that match a pattern, except the allowed ones. */
function filesWith(pattern: RegExp, allowed: readonly string[] = []): string[] {
  return files.filter(({ name, text }) => pattern.test(text) && !allowed.includes(name)).map(({ name }) => name);
}

test("a listener for an abort does not miss an earlier abort", () => {
  expect(filesWith(/addEventListener\(\s*"abort"/)).toEqual(["util/on-abort.ts"]);
});

test("one function removes messages that ended", () => {
  expect(filesWith(/\bremover\.remove\(/)).toEqual(["node/settle.ts"]);
});

test("no wait is measured by the wall clock, which may be changed during the wait", () => {
  const allowed = [
    "broker/topology/shipped-streams.ts", // The first sequence of a new queue is the time.
    "broker/health/clock.ts", // It compares the clock with the broker's.
    "exec/fifos.ts", // It compares the clock with the times of files.
  ];
  const folders = /^(?:broker|exec|follow|handlers|inputs|node|operate|send|util)\//;
  expect(filesWith(/Date\.now\(\)/, allowed).filter((name) => folders.test(name))).toEqual([]);
});

test("no function gets as many arguments as there are rows: beyond about 120,000 that throws", () => {
  const bounded = [
    "cli/render/table.ts", // To be fixed with the other code that prints.
    "cli/render/node-page.ts", // The facts of one node, as many as its lines of code.
    "handlers/worker/thread.ts", // The handlers of one file.
    "protocol/cron.ts", // The firings that it looks ahead.
  ];
  expect(filesWith(/(?:Math\.(?:max|min)|\.push|\.unshift)\(\s*\.\.\.(?!\()/, bounded)).toEqual([]);
});

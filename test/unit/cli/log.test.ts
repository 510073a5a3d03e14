import { afterEach, expect, test, vi } from "vitest";
import { createLog } from "../../../src/cli/log.ts";
import { stderr } from "../../../src/cli/stdio.ts";

const { isTerminal } = stderr;
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(stderr, { isTerminal });
});

test("F6: a line of the log is valid JSON, also with half a character in a long text", async () => {
  Object.assign(stderr, { isTerminal: false });
  const lines: string[] = [];
  vi.spyOn(stderr, "log").mockImplementation((line) => void lines.push(line));
  const long = "x".repeat(200);
  (await createLog("info", {})).info({ said: `${long}\uD83D` }, `\\ud83d ${long}\uDE00 \u{1F600}`);
  expect(lines.join("").toLowerCase()).not.toMatch(/(?<!\\)\\ud[89a-f]/);
  expect(JSON.parse(lines.join(""))).toMatchObject({ said: `${long}\uFFFD`, msg: `\\ud83d ${long}\uFFFD \u{1F600}` });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { commandGroups } from "../../../src/cli/command.ts";
import { globalOptions } from "../../../src/cli/global-options.ts";
import { answer } from "../../../src/cli/help.ts";
import { reference } from "../../../src/cli/reference.ts";
import { parseCommandLine } from "../../../src/cli/parse.ts";

describe.each(reference)("steward $name", ({ name, positionals = [], options = {}, examples }) => {
  test("everything that can be typed is described", () => {
    const described = [...positionals, ...Object.values({ ...globalOptions, ...options })];
    expect(described.filter(({ describe: what }) => what.length < 3)).toEqual([]);
  });

  test.each(examples)("%s is a valid command line", (line) => {
    const { command } = parseCommandLine(wordsOf(line));
    expect([name, "send"]).toContain(command.name);
  });

  test("has examples, and its help fits a terminal of 80 columns", () => {
    expect(examples).not.toEqual([]);
    const lines = answer([name, "--help"])?.text.split("\n") ?? [];
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    for (const [line] of examples) expect(lines).toContain(`  ${line}`);
  });
});

test("the overview names each command once, in its group, and fits 80 columns", () => {
  const lines = answer(["--help"])?.text.split("\n") ?? [];
  const titles = commandGroups.map((group) => `${group.slice(0, 1).toUpperCase()}${group.slice(1)}:`);
  expect(lines.filter((line) => titles.includes(line))).toEqual(titles);
  const commands = lines.slice(0, lines.indexOf("Global options:"));
  const named = commands.flatMap((line) => /^ {2}(\w+) /.exec(line)?.[1] ?? []);
  expect(named.toSorted()).toEqual(reference.map(({ name }) => name).toSorted());
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test.each([
  [
    ["help", "status"],
    ["status", "--help"],
  ],
  [
    ["status", "-h"],
    ["status", "--help"],
  ],
  [
    ["--json", "status", "--help"],
    ["status", "--help"],
  ],
  [["help"], ["--help"]],
])("%j shows the same as %j", (words, others) => {
  expect(answer(words)).toEqual(answer(others));
});

test("help on an unknown command is an error, and data after -- is not a request for help", () => {
  expect(() => answer(["help", "sned"])).toThrow("did you mean `steward send`?");
  expect(answer(["send", "ship1", "exec", "--", "ls", "--help"])).toBeUndefined();
});

/** The folder in which the lines run, because some write a file. */
const cwd = mkdtempSync(join(tmpdir(), "steward-help-"));
afterAll(() => rmSync(cwd, { recursive: true }));

/** The words behind `steward` in a line, split as by a shell; over another output, because the line may print too. */
function wordsOf(line: string): string[] {
  const script = `steward() { printf '%s\\0' "$@" >&3; }\n${line}`;
  const stdio = ["ignore", "ignore", "ignore", "pipe"] as const;
  const { output } = spawnSync("bash", ["--norc", "-c", script], { cwd, encoding: "utf8", stdio: [...stdio] });
  return (output[3] ?? "").split("\0").slice(0, -1);
}

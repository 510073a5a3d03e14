import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exitCodeMeanings, exitCodes } from "../../../src/cli/exit-codes.ts";

test("the README lists the exit codes that there are, in the words of the man page", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");
  const listed = [...readme.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  expect(listed).toEqual(names.map((name) => [exitCodes[name], exitCodeMeanings[name]]));
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exitCodeMeanings, exitCodes } from "../../../src/cli/exit-codes.ts";

test("docs/cli.md lists all exit codes, in the words of the man page", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/cli.md"), "utf8");
  const listed = [...page.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  expect(listed).toEqual(names.map((name) => [exitCodes[name], exitCodeMeanings[name]]));
});

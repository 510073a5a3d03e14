import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exitCodes } from "../../../src/cli/exit-codes.ts";

test("the README lists the exit codes that there are", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");
  const listed = [...readme.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(listed).toEqual(Object.values(exitCodes));
});

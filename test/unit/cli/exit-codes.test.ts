import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exitCodeOf } from "../../../src/cli/exit-codes.ts";
import { errorMeanings, type ErrorCode } from "../../../src/protocol/errors.ts";

test("each error ends a command with the exit code under which docs/errors.md lists it", () => {
  const docs = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");
  const listed = docs.split(/^## /m).flatMap((section) => {
    const exitCode = Number(/exit code (\d+)/.exec(section)?.[1]);
    return [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => [code, exitCode]);
  });
  const codes = Object.keys(errorMeanings) as ErrorCode[];
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(codes.map((code) => [code, exitCodeOf(code)])));
});

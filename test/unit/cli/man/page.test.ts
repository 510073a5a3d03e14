import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { exitCodes } from "../../../../src/cli/exit-codes.ts";
import { globalOptions } from "../../../../src/cli/global-options.ts";
import { manPage } from "../../../../src/cli/man/page.ts";
import { reference } from "../../../../src/cli/reference.ts";
import { errorMeanings } from "../../../../src/protocol/errors.ts";

const page = manPage(reference);

describe.each([
  ["groff", ["-man", "-Tutf8", "-ww"]],
  // The page contains no date, so that each build gives the same one.
  ["mandoc", ["-T", "lint", "-W", "error"]],
])("%s", (program, options) => {
  const isMissing = spawnSync(program, ["-V"]).error !== undefined;
  if (isMissing) console.error(`skipped: the man page in ${program}, which is not installed here`);

  test.skipIf(isMissing)("finds no errors in it", () => {
    const { status, stderr, stdout } = spawnSync(program, options, { input: page, encoding: "utf8" });
    const faults = program === "groff" ? stderr : stdout;
    expect({ status, faults }).toEqual({ status: 0, faults: "" });
  });
});

test("has the usual sections of a man page", () => {
  expect([...page.matchAll(/^\.SH (.*)$/gm)].map(([, title]) => title)).toEqual([
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "COMMANDS",
    "GLOBAL OPTIONS",
    "EXIT STATUS",
    "DIAGNOSTICS",
    "ENVIRONMENT",
    "FILES",
    "EXAMPLES",
  ]);
});

test("has every command, option, exit code, error code and example", () => {
  const shown = page
    .replaceAll(/\\f[BIR]/g, "")
    .replaceAll(String.raw`\-`, "-")
    .replaceAll(String.raw`\(aq`, "'");
  for (const { name, options = {}, examples } of reference) {
    expect(shown).toMatch(new RegExp(`^\\.SS steward ${name}\\b`, "m"));
    for (const option of Object.keys({ ...options, ...globalOptions })) expect(shown).toContain(`--${option}`);
    for (const [line] of examples) expect(shown).toContain(line.replaceAll("~", String.raw`\(ti`));
  }
  for (const code of Object.keys(errorMeanings)) expect(shown).toMatch(new RegExp(`^${code}$`, "m"));
  for (const code of Object.values(exitCodes)) expect(shown).toMatch(new RegExp(`^${code}$`, "m"));
});

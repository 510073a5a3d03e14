import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { manPage } from "../../../src/cli/man/page.ts";
import { reference } from "../../../src/cli/reference.ts";

/** The words that a newcomer types into a search engine. */
const phrases = [
  "unknown command",
  "unknown option",
  "unknown key",
  "no matching node",
  "node down",
  "timed out",
  "not authorised",
  "already running",
  "not found",
  "too large",
];

describe.each(phrases)("%j is in", (phrase) => {
  test("the man page, which prints the table of error codes", () => {
    expect(manPage(reference)).toContain(phrase);
  });

  test("docs/errors.md, with what to do", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");
    expect(page.toLowerCase()).toContain(phrase);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { errorMeanings, messageOf, StewardError } from "../../../src/protocol/errors.ts";

test("docs/errors.md has exactly the known codes, and begins each with its meaning", () => {
  const docs = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");
  const explained = [...docs.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, code = "", text = ""]) => ({ code, text }));
  expect(explained.map(({ code }) => code).toSorted()).toEqual(Object.keys(errorMeanings).toSorted());
  for (const [code, meaning] of Object.entries(errorMeanings)) {
    const text = explained.find((row) => row.code === code)?.text ?? "";
    expect(text.replaceAll("`", "").toLowerCase().split(".")[0]).toBe(meaning.toLowerCase());
  }
});

describe("every thrown value has a text of one line", () => {
  test.each([
    [new Error("one\n  two\n\nthree"), "one; two; three"],
    [new TypeError(""), "TypeError"],
    ["text", "text"],
    [undefined, "undefined"],
  ])("%j", (thrown, text) => {
    expect(messageOf(thrown)).toBe(text);
  });
});

describe("an error is recognised by its brand", () => {
  const error = new StewardError("notFound", "no message has this id", { id: "nightly" });

  test("with its code, and the id of the message", () => {
    expect(StewardError.is(error)).toBe(true);
    expect(StewardError.is(error, "notFound")).toBe(true);
    expect(StewardError.is(error, "noMatch")).toBe(false);
    expect(error).toMatchObject({ code: "notFound", id: "nightly", name: "StewardError" });
    expect("id" in new StewardError("noMatch", "no node matches")).toBe(false);
  });

  test("also when another copy of the package created it", async () => {
    vi.resetModules();
    const copy = await import("../../../src/protocol/errors.ts");
    expect(copy.StewardError).not.toBe(StewardError);
    expect(copy.StewardError.is(error, "notFound")).toBe(true);
  });

  test.each([undefined, null, "notFound", { code: "notFound" }, Object.assign(new Error("x"), { code: "notFound" })])(
    "nothing else is one: %o",
    (other) => {
      expect(StewardError.is(other)).toBe(false);
    },
  );
});

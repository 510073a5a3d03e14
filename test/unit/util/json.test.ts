import fc from "fast-check";
import { expect, test } from "vitest";
import { toJson } from "../../../src/util/json.ts";

test("F6: half a character becomes U+FFFD, and nothing else changes", () => {
  expect(toJson({ a: "x\uD800y", "\uDC00": ["\uD83D\uDEA2"] })).toBe(
    '{"a":"x\ufffdy","\ufffd":["🚢"]}'.replaceAll("\ufffd", "\\ufffd"),
  );
  expect(toJson(String.raw`\ud800 \\ud800`)).toBe(JSON.stringify(String.raw`\ud800 \\ud800`));
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (odd, text) => {
      const value = { [odd]: [odd, text, `\\${odd}`] };
      const wellFormed = (one: string): string => Buffer.from(one).toString();
      expect(JSON.parse(toJson(value))).toEqual({
        [wellFormed(odd)]: [wellFormed(odd), text, wellFormed(`\\${odd}`)],
      });
    }),
  );
});

import { describe, expect, test } from "vitest";
import { regularExpression } from "../../../src/config/pattern.ts";

describe("a regular expression", () => {
  test("must fit the whole text, as one, however its alternatives stand", () => {
    const fits = regularExpression("start|stop|re.*");
    expect(["start", "stop", "restart"].every(fits)).toBe(true);
    expect(["start now", "non-stop", "start\n", "re\nstart"].some(fits)).toBe(false);
    expect(regularExpression("^(restart|status)$")("status")).toBe(true);
  });

  test("that would never come to an end is given up", () => {
    const began = performance.now();
    expect(() => regularExpression("(a+)+")(`${"a".repeat(60)}b`)).toThrow(
      expect.objectContaining({
        code: "notAccepted",
        message: "/(a+)+/ gave no result within 100 ms",
      }) as Error,
    );
    expect(performance.now() - began).toBeLessThan(2000);
    expect(regularExpression("a+")("aaa")).toBe(true);
  });
});

import { describe, expect, test } from "vitest";
import { regularExpression } from "../../../src/config/pattern.ts";

describe("a regular expression", () => {
  test("must match the whole text, also with alternatives", () => {
    const fits = regularExpression("start|stop|re.*");
    expect(["start", "stop", "restart"].every(fits)).toBe(true);
    expect(["start now", "non-stop", "start\n", "re\nstart"].some(fits)).toBe(false);
    expect(regularExpression("^(restart|status)$")("status")).toBe(true);
  });

  test("gives up when it would never end", () => {
    const began = performance.now();
    expect(() => regularExpression("(a+)+")(`${"a".repeat(60)}b`)).toThrow(
      expect.objectContaining({
        code: "notAccepted",
        message: "/(a+)+/ gave no result within 1000 ms",
      }) as Error,
    );
    expect(performance.now() - began).toBeLessThan(2000);
    expect(regularExpression("a+")("aaa")).toBe(true);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { glob, namePattern } from "../../../src/util/glob.ts";

const fewLetters = fc.string({ unit: fc.constantFrom("a", "b", ".", "\n"), maxLength: 12 });
const globs = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 8 });

describe("a glob", () => {
  test("matches the same texts as its regular expression", () => {
    fc.assert(
      fc.property(globs, fewLetters, (source, text) => {
        const expression = new RegExp(`^${source.replaceAll(".", "\\.").replaceAll("*", "[^]*")}$`);
        expect(glob(source)(text)).toBe(expression.test(text));
      }),
      { numRuns: 2000 },
    );
  });

  test("matches any text in place of its stars", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.string(), (pieces, between) => {
        const literal = pieces.map((piece) => piece.replaceAll("*", ""));
        expect(glob(literal.join("*"))(literal.join(between))).toBe(true);
      }),
    );
  });

  test("without a star means only itself, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (source, text) => {
        fc.pre(!source.includes("*"));
        expect(glob(source)(source)).toBe(true);
        expect(glob(source)(text)).toBe(source === text);
      }),
    );
  });

  test("with many stars is done with the longest data at once", () => {
    const long = "a".repeat(256 * 1024);
    expect(glob("*a*a*a*a*a*a*b")(long)).toBe(false);
    expect(glob("*a*b*a*")(long)).toBe(false);
  });
});

describe("a name's pattern", () => {
  const names = fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 12 });
  const patterns = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });

  test("matches the same texts as its regular expression", () => {
    fc.assert(
      fc.property(patterns, names, (source, name) => {
        const expression = new RegExp(`^${source.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(namePattern(source)(name)).toBe(expression.test(name));
      }),
      { numRuns: 5000 },
    );
  });

  test("is decided at once, however many stars it has", () => {
    expect(namePattern("*a".repeat(30))("a".repeat(64) + "b")).toBe(false);
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { harmless, harmlessBytes, harmlessOutput } from "../../../src/cli/harmless.ts";

const able = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u;
const texts = fc.string({ unit: "binary", size: "medium" });

test("B9: a line contains nothing that a terminal would execute, and no line break", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(harmless(text)).not.toMatch(able);
      expect(harmless(harmless(text))).toBe(harmless(text));
    }),
  );
  expect(harmless("a\r\n\u001B[2J b\u009B31m\u202Ec\u2028d\uD800e\tf")).toBe("a; �[2J b�31m�c�d�e f");
});

test("B9: plain text stays unchanged", () => {
  const plain = ["", "  two  spaces ", "grün, 船, 🚢, 👩‍👩‍👧, שלום", "a\u00A0b", "x".repeat(100)];
  expect(plain.map(harmless)).toEqual(plain);
});

test("B9: the time to make a text harmless is proportional to its length", () => {
  const started = performance.now();
  expect(harmless(`${" ".repeat(1_000_000)}\u0007`)).toHaveLength(1_000_001);
  expect(performance.now() - started).toBeLessThan(1000);
});

test("B9: a terminal gets only lines, tabs and text of a program's output", () => {
  const bytes = Buffer.from("a\tb\r\nprogress\r\u001B[31mred\u001B[0m\u0085\n");
  expect(harmlessOutput(bytes).toString()).toBe("a\tb\nprogress��[31mred�[0m�\n");
  fc.assert(
    fc.property(fc.uint8Array(), (given) => {
      expect(
        harmlessOutput(Buffer.from(given))
          .toString()
          .replaceAll(/[\n\t]/g, ""),
      ).not.toMatch(able);
    }),
  );
});

test("B9: in Steward's own lines, bytes that are not UTF-8 stay, and control characters are removed", () => {
  const bytes = Buffer.concat([
    Buffer.from("gr\xFCn\xFF\x9B", "latin1"),
    Buffer.from("\u0007\u0085\u202E\u2028 船\t\n"),
  ]);
  const shown = Buffer.concat([Buffer.from("gr\xFCn\xFF\x9B", "latin1"), Buffer.from("���� 船\t\n")]);
  expect(harmlessBytes(bytes)).toEqual(shown);
  fc.assert(
    fc.property(texts, (text) => {
      const shownText = harmlessBytes(Buffer.from(text)).toString();
      expect(shownText).toBe(harmlessOutput(Buffer.from(text)).toString());
    }),
  );
});

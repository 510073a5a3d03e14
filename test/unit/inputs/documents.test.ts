import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocuments } from "../../../src/inputs/documents.ts";
import type { Part } from "../../../src/inputs/part.ts";
import { halfCharacter } from "../../../src/util/well-formed.ts";

describe("JSON", () => {
  test("one list, pretty-printed or not", async () => {
    const list = [{ toNode: "ship1", data: ["bash", "-c", "ls -l ../"] }, { toNode: "ship2" }];
    expect(await valuesOf(JSON.stringify(list))).toEqual(list);
    expect(await valuesOf(JSON.stringify(list, undefined, 2))).toEqual(list);
  });

  test("lists and objects one after another, on one line or several, with CRLF and byte order marks", async () => {
    expect(await valuesOf('\ufeff[1,2]{"a":3} [4]\r\n\r\n[\r\n5\r\n]\n\ufeff[6]')).toEqual([1, 2, { a: 3 }, 4, 5, 6]);
  });

  test("nothing, white space and an empty list hold nothing", async () => {
    expect(await outline("")).toEqual([]);
    expect(await outline(" \r\n\t\n")).toEqual([]);
    expect(await outline("[]\n[ ]")).toEqual([]);
  });

  test.each([
    ['[{"a":1},]', "line 1, column 10: a value is missing"],
    ['[\n  {"a": 1,}\n]', "line 2, column 11: a key in double quotes is missing"],
    ['[{"a" 1}]', 'line 1, column 7: ":" is missing'],
    ['[{"a":1} {"b":2}]', 'line 1, column 10: "," or "]" is missing'],
    ['[{"a":1]', 'line 1, column 8: "," or "}" is missing'],
    ["[{'a':1}]", "line 1, column 3: a key in double quotes is missing"],
    ['["é", tru]', "line 1, column 7: tru is not a value; text needs double quotes"],
    ["[01]", "line 1, column 2: 01 is not a value; text needs double quotes"],
    ['["a\nb"]', "line 1, column 4: a line break or control character is inside double quotes"],
    [String.raw`["C:\dir"]`, "line 1, column 5: not an escape of JSON; write a backslash twice"],
    [String.raw`["\u12g4"]`, String.raw`line 1, column 3: four hexadecimal digits are missing after "\u"`],
    ['[{"a":1}', "line 1, column 9: the text ends before the JSON does"],
    ["[".repeat(100_000), "line 1, column 17: nested deeper than 16 levels"],
    ["[1] x", "line 1: JSON is followed by other text on its line"],
    ['[{"a":1,\n"a":2}]', 'line 2, column 1: the key "a" appears twice'],
    [String.raw`{"b":[{"a":1,"\u0061":2}]}`, 'line 1, column 14: the key "a" appears twice'],
    [String.raw`["\ud83dx"]`, `line 1, column 2: ${halfCharacter}`],
    [String.raw`[{"\uDEA2":1}]`, `line 1, column 3: ${halfCharacter}`],
    ["[1,-1e999]", "line 1, column 4: the number -1e999 is too large"],
  ])("a broken text is reported with place and reason (%#)", async (text, reason) => {
    expect((await outline(text)).filter((part) => part !== 1)).toEqual([{ reason, text: brokenIn[text] ?? text }]);
  });

  test("W1, F6: only the doubtful element is refused, and not one that only looks doubtful", async () => {
    const text = String.raw`[{"a":{"b":1},"b":2},{"c":1,"c":2},{"d":"\ud83d\udea2","e":"\\ud83d"},{"d":1}]`;
    expect(await outline(text)).toEqual([
      { a: { b: 1 }, b: 2 },
      { reason: 'line 1, column 29: the key "c" appears twice', text: '{"c":1,"c":2}' },
      { d: "🚢", e: String.raw`\ud83d` },
      { d: 1 },
    ]);
  });

  test("an element that is not UTF-8 is broken, its neighbours are not", async () => {
    const bytes = Buffer.concat([Buffer.from('["a","'), Buffer.from([0xff]), Buffer.from('","b"]')]);
    const { parts } = await parseDocuments(bytes);
    expect(parts.map((part) => (part.kind === "value" ? part.value : part.reason))).toEqual([
      "a",
      "line 1: not valid UTF-8; save the file as UTF-8",
      "b",
    ]);
    expect(parts[1]!.text).toEqual(Buffer.from([0x22, 0xff, 0x22]));
  });

  test("a list larger than 4 MiB is reported", async () => {
    const [part] = await outline(`["${"x".repeat(4 * 1024 * 1024)}`);
    expect(part).toMatchObject({
      reason: expect.stringContaining("larger than 4 MiB, the most for one list; split it") as string,
    });
  });
});

describe("broken parts", () => {
  test("reading goes on at the next line that opens a list or object", async () => {
    expect(await outline('[1]\n[2,\n[3]\n{"b" "c"}\n\n[4]\n')).toEqual([
      1,
      { reason: 'line 4, column 1: "," or "]" is missing', text: "[2,\n" },
      3,
      { reason: 'line 4, column 6: ":" is missing', text: '{"b" "c"}\n\n' },
      4,
    ]);
  });

  test("adjacent broken parts are reported as one", async () => {
    expect(await outline("[1,\nnonsense\n{2}\n[3]")).toEqual([
      { reason: "line 2, column 1: nonsense is not a value; text needs double quotes", text: "[1,\nnonsense\n{2}\n" },
      3,
    ]);
  });

  test("text that is neither JSON nor YAML", async () => {
    expect(await outline("hello\nworld\n[1]")).toEqual([
      { reason: "line 1, column 1: neither JSON nor a YAML list or object", text: "hello\nworld\n" },
      1,
    ]);
    const { parts } = await parseDocuments(Buffer.from("[1]", "utf16le").subarray(0, 5));
    expect(parts).toHaveLength(1);
  });
});

describe("YAML", () => {
  test("a list, several documents, an object, comments, CRLF", async () => {
    expect(
      await valuesOf("# two\n- toNode: ship1\n  data:\n    - ls\n- toNode: ship2\r\n---\n- 3\n---\ntoNode: ship4\n"),
    ).toEqual([{ toNode: "ship1", data: ["ls"] }, { toNode: "ship2" }, 3, { toNode: "ship4" }]);
  });

  test("beside JSON in one text", async () => {
    expect(await valuesOf("[1]\n- 2\n- 3\n[4]\n  - 5\n  - a: 6\n    b: 7\n")).toEqual([1, 2, 3, 4, 5, { a: 6, b: 7 }]);
  });

  test("the text of an element is its original text", async () => {
    const { parts } = await parseDocuments(Buffer.from("- a: 1\n  b: é\n- c\n"));
    expect(parts.map(({ text }) => text.toString())).toEqual(["- a: 1\n  b: é\n", "- c\n"]);
  });

  test("a broken document does not touch its neighbours", async () => {
    expect(await outline("- 1\n---\n- a: [\n---\n- 2\n")).toEqual([
      1,
      { reason: expect.stringMatching(/^line \d, column 1: Flow sequence/) as string, text: "---\n- a: [\n" },
      2,
    ]);
  });

  test.each([
    ["- &a [*a]\n", /alias \*a refers to itself/],
    ["- ".repeat(50_000), /nested deeper/],
    ["- a\n".repeat(300_000), /^line 1: larger than 1 MiB, the most for YAML/],
    ["- !!binary\n - x: [\n", /./],
    ["- a: 1\n b: 2\n", /^line 2, column/],
    ["\u0000\u0001", /./],
  ])("a document that cannot be read is reported, without harm (%#)", async (text, reason) => {
    const parts = await outline(text);
    expect(parts).toEqual([{ reason: expect.stringMatching(reason) as string, text }]);
  });
});

describe("properties", () => {
  const document = fc
    .tuple(
      fc.array(fc.record({ n: fc.nat(), s: fc.string({ unit: "binary" }), l: fc.array(fc.boolean()) })),
      fc.constantFrom(0, 2, "\t"),
    )
    .map(([list, indent]) => ({ list, text: JSON.stringify(list, undefined, indent) }));
  const brokenText = fc.oneof(
    fc.tuple(document, fc.nat()).map(([{ text }, cut]) => text.slice(0, 1 + (cut % (text.length - 1)))),
    fc.constantFrom("garbage", "no JSON\n  at all, ?", '{"a" 1', '["unclosed', "é ' \" ,", "[1,", "{"),
  );
  const paste = fc.array(fc.oneof(document, brokenText), { maxLength: 12 });

  test("all valid documents between broken parts are read, in order", async () => {
    await fc.assert(
      fc.asyncProperty(paste, async (pieces) => {
        const text = pieces.map((piece) => (typeof piece === "string" ? piece : piece.text)).join("\n");
        const expected = pieces.flatMap((piece) => (typeof piece === "string" ? [] : piece.list));
        expect(await valuesOf(text)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("reading a growing text gives the same parts as reading it at once", async () => {
    await fc.assert(
      fc.asyncProperty(paste, fc.array(fc.nat()), async (pieces, cuts) => {
        const bytes = Buffer.from(pieces.map((piece) => (typeof piece === "string" ? piece : piece.text)).join("\n"));
        const sizes = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
        const parts: Part[] = [];
        let offset = 0;
        for (const size of [...sizes, undefined]) {
          const line = 1 + bytes.subarray(0, offset).toString("latin1").split("\n").length - 1;
          const read = await parseDocuments(bytes.subarray(offset, size), { mayGrow: size !== undefined, line });
          parts.push(...read.parts);
          offset += read.end;
        }
        expect(parts).toEqual((await parseDocuments(bytes)).parts);
      }),
      { numRuns: 200 },
    );
  });

  test("a list is accepted exactly when JSON.parse accepts it", async () => {
    const tokens = [
      "[",
      "]",
      "{",
      "}",
      ",",
      ":",
      " ",
      "\n",
      '"',
      '"a"',
      "\\",
      "\\u00e9",
      "1",
      "-",
      "0",
      ".5",
      "e+1",
      "true",
      "nul",
      "\ufeff",
      "é",
    ];
    const text = fc.oneof(
      fc.array(fc.constantFrom(...tokens), { maxLength: 12 }).map((list) => `[${list.join("")}]`),
      fc.tuple(fc.json(), fc.nat(), fc.constantFrom("", ...tokens)).map(([json, at, token]) => {
        const list = `[${json}]`;
        const place = at % list.length;
        return list.slice(0, place) + token + list.slice(place + 1);
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        text.filter((json) => json.startsWith("[")),
        async (json) => {
          const { parts } = await parseDocuments(Buffer.from(json));
          const isRead = parts.every(({ kind }) => kind === "value");
          let expected: unknown;
          try {
            expected = JSON.parse(json);
          } catch {
            // Two lists in a row are none to JSON.parse, and are two here.
            if (isRead) expect(json).toMatch(/\][\s]*[[{]/);
            return;
          }
          const elements = expected as unknown[];
          expect(parts).toHaveLength(elements.length);
          for (const [index, part] of parts.entries()) {
            if (part.kind === "value") expect(part.value).toEqual(elements[index]);
            else expect(part.reason).toMatch(/appears twice$|is too large$|half a character/);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** The values, and the reason and text of what is broken. */
async function outline(text: string): Promise<readonly unknown[]> {
  const { parts, end } = await parseDocuments(Buffer.from(text));
  expect(end).toBe(Buffer.byteLength(text));
  return parts.map((part) =>
    part.kind === "value" ? part.value : { reason: part.reason, text: part.text.toString() },
  );
}

async function valuesOf(text: string): Promise<readonly unknown[]> {
  const { parts } = await parseDocuments(Buffer.from(text));
  return parts.flatMap((part) => (part.kind === "value" ? [part.value] : []));
}

/** What is broken of these texts, where that is not all of it. */
const brokenIn: Readonly<Record<string, string>> = {
  "[1] x": "x",
  '[{"a":1,\n"a":2}]': '{"a":1,\n"a":2}',
  [String.raw`["\ud83dx"]`]: String.raw`"\ud83dx"`,
  [String.raw`[{"\uDEA2":1}]`]: String.raw`{"\uDEA2":1}`,
  "[1,-1e999]": "-1e999",
};

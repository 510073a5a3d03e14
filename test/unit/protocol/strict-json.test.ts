import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStrict } from "../../../src/protocol/strict-json.ts";
import { message } from "./arbitraries.ts";

const read = (text: string): unknown => parseStrict(Buffer.from(text));

test("a message is read as it was written, pretty-printed or not, with keys of a newer version", () => {
  fc.assert(
    fc.property(message, fc.json(), fc.nat(2), (good, more, indent) => {
      const newer = { ...good, newer: JSON.parse(more) as unknown };
      const text = JSON.stringify(newer, undefined, indent);
      if (!/\\u[dD]/.test(more)) expect(read(text)).toEqual(JSON.parse(text));
    }),
  );
});

test.each([
  ['{"data":["a"],"data":["b"]}', 'the key "data" appears twice'],
  ['{"id":"a","reply":{"node":"a","node":"b"}}', 'the key "node" appears twice'],
  [String.raw`{"id":"a","\u0069d":"b"}`, 'the key "id" appears twice'],
  ['{"a\\\\":1,"b":1,"b":2}', 'the key "b" appears twice'],
  ['{"x":{"y":[{"z":1,"z":1}]}}', 'the key "z" appears twice'],
  [String.raw`{"newer":"\ud800"}`, "half a character"],
  [String.raw`{"newer":["\uD83D\ud83d"]}`, "half a character"],
  [`{"newer":${"[".repeat(100)}${"]".repeat(100)}}`, "nested deeper than 16 levels"],
  ['{"newer":1e999}', "the number 1e999 is too large"],
  ['{"newer":[-1E400]}', "the number -1E400 is too large"],
  ["{'a':1}", "the message is not JSON"],
  ["[NaN]", "the message is not JSON"],
])("F6, W1: %s is refused", (text, reason) => {
  expect(() => read(text)).toThrow(reason);
  expect(() => read(text.replace("{", "\ufeff {"))).toThrow(reason);
});

test("F6: bytes that are not UTF-8 are refused, also those of half a character", () => {
  const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]);
  expect(() => parseStrict(bytes)).toThrow("not UTF-8");
});

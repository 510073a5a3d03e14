import { expect, test } from "vitest";
import { originalOf } from "../../../src/protocol/original.ts";
import { aMessage } from "../../support/broker-state.ts";

const message = aMessage();
const two = JSON.stringify(message).replace('"data":[', '"data":["x"],"data":[');
const half = JSON.stringify({ ...message, newer: "\ud800" });

test.each([
  ["a message", JSON.stringify(message), { message }],
  ["a message with keys of a newer version", JSON.stringify({ ...message, newer: 1 }), { message }],
  ["JSON that is not a message", '{"id":7}', { raw: { data: '{"id":7}' } }],
  ["a message that says two things", two, { raw: { data: two } }],
  ["a message with half a character", half, { raw: { data: half } }],
  ["no JSON", "no", { raw: { data: "no" } }],
  ["bytes that are not UTF-8", Buffer.from([0xff, 0x00]), { raw: { data: "/wA=", encoding: "base64" } }],
])("the original of %s", (_what, bytes, original) => {
  expect(originalOf(Buffer.from(bytes))).toEqual(original);
});

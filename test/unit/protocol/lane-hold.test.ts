import { expect, test } from "vitest";
import { holdOf, parseLaneEntry, parseLaneHold } from "../../../src/protocol/lane-hold.ts";

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const common = { since: "2026-01-31T12:00:00.000Z", by: "ann" };

test.each(["paused", "quarantined", "drained"])(
  "%s holds the lane, also when only a newer version knows it",
  (state) => {
    const hold = { state, ...common, reason: "r", behind: 7 };
    expect(parseLaneHold(bytes(hold))).toEqual(hold);
    expect(holdOf(parseLaneEntry(bytes(hold)))).toEqual(hold);
  },
);

test("a resumed lane is not held", () => {
  const entry = { state: "resumed", ...common, behind: 7 };
  expect(parseLaneEntry(bytes(entry))).toEqual(entry);
  expect(parseLaneHold(bytes(entry))).toBeUndefined();
});

test.each(["paused", "resumed"])("keys of a newer version are kept when it is written again: %s", (state) => {
  const entry = { state, ...common, reason: "r", until: "tomorrow" };
  expect(parseLaneEntry(bytes(entry))).toEqual(entry);
});

test.each(["", "no JSON", "{}", '"paused"'])("%j is not an entry", (text) => {
  expect(parseLaneEntry(Buffer.from(text))).toBeUndefined();
});

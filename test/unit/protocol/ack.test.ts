import { expect, test } from "vitest";
import { finalStates, isFinal, knownState, knownStates, parseAck, type Ack } from "../../../src/protocol/ack.ts";
import { ackByHand, messageByHand } from "../../support/by-hand.ts";

const read = (value: unknown): Ack | undefined => parseAck(Buffer.from(JSON.stringify(value)));

test("a known state has its known meaning, whatever `final` says", () => {
  for (const state of knownStates) {
    const ends = (finalStates as readonly string[]).includes(state);
    for (const final of [true, false, undefined]) {
      const ack = { ...ackByHand({ state }), final };
      expect(read(ack)).toEqual(ack);
      expect([isFinal(ack), knownState(ack)]).toEqual([ends, state]);
    }
  }
});

test.each([
  [true, true, "failed"],
  [false, false, "started"],
  // In doubt, nothing runs.
  [undefined, true, "failed"],
])("an unknown state, with `final` %s", (final, ends, counts) => {
  const ack = { ...ackByHand({ state: "skipped" }), final };
  expect(read(ack)).toEqual(ack);
  expect([isFinal(ack), knownState(ack)]).toEqual([ends, counts]);
});

test.each(["", "two words", "a\u001B[2J", "x".repeat(65), 7, null])("%j is not a valid name of a state", (state) => {
  expect(read({ ...ackByHand(), state })).toBeUndefined();
});

test("keys that a newer peer adds are ignored, at any place", () => {
  const ack = ackByHand({ output: { stdout: "a", stderr: "" }, error: { code: "c", message: "m" } });
  const { output, error, message } = ack;
  const newer = { ...ack, files: ["a"], output: { ...output, third: "b" }, error: { ...error, help: "h" } };
  expect(read({ ...newer, message: { ...message, colour: "red" } })).toEqual(ack);
});

test.each<[key: string, Record<string, unknown>]>([
  ["output", { output: { objects: ["a"] } }],
  ["error", { error: "exit code 1" }],
  ["cancelled", { cancelled: true }],
  ["durationMs", { durationMs: "5ms" }],
  ["exitCode", { exitCode: { group: 1 } }],
  ["final", { final: "yes" }],
])("an unreadable part of %s is left out, and the rest is read", (key, newer) => {
  const ack = ackByHand({ state: "failed", output: { stdout: "a", stderr: "" }, exitCode: 1, durationMs: 5 });
  expect(read({ ...ack, ...newer })).toEqual(Object.fromEntries(Object.entries(ack).filter(([name]) => name !== key)));
});

test.each([
  ["output", { stdout: "eA==", stderr: "", encoding: "base91" }],
  ["cancelled", { by: "ann", at: "2026-01-31T12:00:00Z", was: "suspended" }],
])("an unknown name in %s is kept", (key, value) => {
  const ack = { ...ackByHand(), [key]: value };
  expect(read(ack)).toEqual(ack);
});

test("an original that is not a valid message is kept as text", () => {
  const { message: _message, ...ack } = ackByHand();
  const message = { ...messageByHand(), data: { from: "a file" } };
  expect(read({ ...ack, message })).toEqual({ ...ack, raw: { data: JSON.stringify(message) } });
});

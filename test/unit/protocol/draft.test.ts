import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDraft } from "../../../src/protocol/draft.ts";
import { message } from "./arbitraries.ts";

test("a draft may have every option of a message", () => {
  fc.assert(
    fc.property(message, ({ createdAt: _made, node, ...rest }) => {
      fc.pre(rest.data.every((text) => text.length < 1000) && rest.subject !== "textLogging");
      expect(parseDraft({ ...rest, node })).toEqual({ ...rest, nodes: [node] });
    }),
  );
});

test("only node and subject are required; log and error are events by default, all others commands", () => {
  expect(parseDraft({ node: "ship1", subject: "ping" })).toEqual({
    nodes: ["ship1"],
    messageType: "command",
    subject: "ping",
    data: [],
  });
  expect(parseDraft({ node: ["a", "b"], subject: "log" })).toMatchObject({ nodes: ["a", "b"], messageType: "event" });
  expect(parseDraft({ node: "a", subject: "error" })).toMatchObject({ messageType: "event" });
  expect(parseDraft({ node: "a", subject: "log", messageType: "command" })).toMatchObject({ messageType: "command" });
});

test("S18: the original program's keys continue to work, and textLogging is log", () => {
  const original = { toNode: "central", data: ["a\n"], commandOrEvent: "event", method: "textLogging" };
  expect(parseDraft(original)).toEqual({ nodes: ["central"], messageType: "event", subject: "log", data: ["a\n"] });
  expect(parseDraft({ ...original, commandOrEvent: "command", method: "shellCommand" })).toMatchObject({
    messageType: "command",
    subject: "shellCommand",
  });
});

test("an unknown key is refused, because it is a mistake", () => {
  const known = "id node messageType subject data from timeout retries retryWait expires delivery reply".split(" ");
  fc.assert(
    fc.property(fc.string(), (key) => {
      fc.pre(![...known, "toNode", "method", "__proto__"].includes(key));
      expect(() => parseDraft({ node: "a", subject: "ping", [key]: 1 })).toThrow("unknown key");
    }),
  );
});

describe("an invalid draft is refused with the place of the error", () => {
  test.each([
    [[], "a message is an object with keys such as node, subject and data"],
    ["ping", "a message is an object with keys such as node, subject and data"],
    [null, "a message is an object with keys such as node, subject and data"],
    [{ node: "a", subject: "ping", colour: "red" }, "colour: unknown key"],
    [{ node: "a", subjet: "ping" }, "subjet: unknown key; did you mean subject?"],
    [{ node: "a", subject: "ping", timeout: "0s", retires: 1 }, "retires: unknown key; did you mean retries?"],
    [{ toNode: "a", data: [], commandOrEvent: "event", methd: "log" }, "methd: unknown key; did you mean method?"],
    [{ node: "a", subject: "ping", createdAt: "2026-01-31T12:00:00Z" }, "createdAt: unknown key"],
    [{ node: "a", subject: "ping", replayOf: "b" }, "replayOf: unknown key"],
    [{ node: [], subject: "ping" }, "node: must name a node"],
    [{ node: ["a", "b.c"], subject: "ping" }, 'node.1: the node name "b.c" may hold only'],
    [{ subject: "ping" }, "node: is missing"],
    [{ node: "a" }, "subject: is missing"],
    [{ node: "a", subject: "ping", data: [1] }, "data.0: must be a string"],
    [{ toNode: "a", data: [], commandOrEvent: "command" }, "method: is missing"],
    [
      { toNode: "a", data: [], commandOrEvent: "order", method: "exec" },
      'commandOrEvent: must be "command" or "event"',
    ],
    [{ toNode: "a", node: "a", data: [], commandOrEvent: "event", method: "log" }, "node: unknown key"],
  ])("%j", (value, fault) => {
    expect(() => parseDraft(value)).toThrow(fault);
  });
});

test("data may have 256 KiB in bytes, not in characters", () => {
  const of = (text: string): unknown => parseDraft({ node: "a", subject: "log", data: [text] });
  expect(of("x".repeat(256 * 1024))).toBeDefined();
  expect(() => of("é".repeat(200_000))).toThrow(
    "too large: the data has 400000 bytes, and the limit is 262144; put it into a file on the node and send its name",
  );
});

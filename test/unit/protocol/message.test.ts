import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { check, messageSchema } from "../../../src/protocol/message.ts";
import { message } from "./arbitraries.ts";

test("a valid message is read unchanged, also over the wire", () => {
  fc.assert(
    fc.property(message, (good) => {
      expect(check(messageSchema, JSON.parse(JSON.stringify(good)))).toEqual(JSON.parse(JSON.stringify(good)));
    }),
  );
});

test("keys that a newer sender may add are ignored", () => {
  fc.assert(
    fc.property(message, (good) => {
      const newer = { ...good, priority: 3, reply: good.reply && { ...good.reply, how: "often" } };
      expect(check(messageSchema, newer)).toEqual(good);
    }),
  );
});

const good = {
  id: "a",
  node: "ship1",
  messageType: "command",
  subject: "exec",
  data: ["true"],
  from: "me",
  createdAt: "2026-01-31T12:00:00Z",
};

describe("the first error is reported with its place", () => {
  test.each<[object, string]>([
    [{ id: undefined }, "id: is missing"],
    [{ id: "a.b" }, "id: may hold only A-Z a-z 0-9 _ - and at most 40 of them"],
    [{ node: "all" }, "node: `all` means every node and cannot be a node's name"],
    [{ messageType: "order" }, 'messageType: must be "command" or "event"'],
    [{ data: "true" }, "data: must be a list of strings"],
    [{ data: ["true", 1] }, "data.1: must be a string"],
    [{ createdAt: "today" }, "createdAt: must be a time such as 2026-01-31T12:00:00Z"],
    [{ timeout: "0s" }, 'timeout: must be a duration longer than 0, such as "30s" or "5m"'],
    [{ timeout: "25d" }, "timeout: must be at most 24d"],
    [{ retryWait: "soon" }, 'retryWait: must be a duration such as "30s" or "5m"'],
    [{ timeout: "5" }, "timeout: must have a unit; write 5s, 5m, 5h or 5d"],
    [{ expires: 5 }, "expires: must have a unit; write 5s, 5m, 5h or 5d"],
    [{ expires: true }, "expires: must be a string"],
    [{ retries: 1.5 }, "retries: must be a whole number"],
    [{ delivery: "once" }, 'delivery: must be "atLeastOnce" or "atMostOnce"'],
    [{ delivery: "atMostOnce", retries: 1 }, "an atMostOnce message cannot have retries"],
    [{ reply: { node: "ship1" } }, "reply.subject: is missing"],
    [{ reply: "ship1" }, "reply: must have the keys node and subject"],
  ])("%j", (parts, fault) => {
    expect(() => check(messageSchema, { ...good, ...parts })).toThrow(fault);
  });

  test.each([undefined, null, 1, "text"])("%j", (value) => {
    expect(() => check(messageSchema, value)).toThrow("must be an object with the keys of a message");
  });
});

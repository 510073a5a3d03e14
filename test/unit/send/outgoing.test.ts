import { describe, expect, test } from "vitest";
import { parseTargets, toMessages } from "../../../src/send/outgoing.ts";

const sender = { from: "me", id: "made" };

test("a draft becomes one message for each node, all with one id", () => {
  const draft = {
    nodes: ["a", "b", "a"],
    messageType: "command",
    subject: "exec",
    data: ["true"],
    timeout: "5s",
  } as const;
  const messages = toMessages(draft, sender);
  const common = { id: "made", messageType: "command", subject: "exec", data: ["true"], timeout: "5s", from: "me" };
  expect(messages).toEqual(["a", "b"].map((node) => ({ ...common, node, createdAt: expect.any(String) as unknown })));
});

test("the draft's own id and sender go before those that are given", () => {
  const draft = { nodes: ["a"], messageType: "event", subject: "log", data: [], id: "own", from: "ship1" } as const;
  expect(toMessages(draft, sender)).toMatchObject([{ id: "own", from: "ship1" }]);
});

test("targets are names with commas between, with or without spaces", () => {
  expect(parseTargets("ship1")).toEqual(["ship1"]);
  expect(parseTargets("ship1, ship2,010")).toEqual(["ship1", "ship2", "010"]);
});

describe("a target that is no node name is refused", () => {
  test.each(["", "ship1,", "ship1,ship2.example.com", "all", "-ship1"])("%j", (text) => {
    expect(() => parseTargets(text)).toThrow(expect.objectContaining({ code: "badName" }) as Error);
  });
});

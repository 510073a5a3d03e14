import { expect, test } from "vitest";
import { toMessages } from "../../../src/send/outgoing.ts";

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

test("the draft's own id and sender have precedence over the given ones", () => {
  const draft = { nodes: ["a"], messageType: "event", subject: "log", data: [], id: "own", from: "ship1" } as const;
  expect(toMessages(draft, sender)).toMatchObject([{ id: "own", from: "ship1" }]);
});

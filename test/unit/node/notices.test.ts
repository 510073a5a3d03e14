import { expect, test, vi } from "vitest";
import { check, messageSchema } from "../../../src/protocol/message.ts";
import { finalStates, type Ack } from "../../../src/protocol/ack.ts";
import pino from "pino";
import type { Queue } from "../../../src/broker/write/queue.ts";
import { Notices, noticesOf } from "../../../src/node/notices.ts";
import { StewardError } from "../../../src/protocol/errors.ts";
import { messageWith } from "./support.ts";

const settings = { name: "ship1", central: "central" };
const reply = { node: "ship2", subject: "console" };

const finalOf = (changes: Partial<Ack> = {}, message = messageWith()): Ack => {
  const { id, node, messageType, subject } = message;
  return { id, node, messageType, subject, state: "succeeded", attempt: 1, instance: "me", message, ...changes };
};
const notices = (final: Ack) => noticesOf(final, final, settings);

test.each(finalStates)("a message that ended as %s", (state) => {
  const reported = state !== "succeeded" && state !== "cancelled";
  expect(notices(finalOf({ state }))).toHaveLength(reported ? 1 : 0);
});

test("a failure is reported to the central node, in one line with the message and the reason", () => {
  const final = finalOf({
    id: "01",
    state: "failed",
    finishedAt: "2026-01-31T12:00:00.000Z",
    error: { code: "exitCode", message: "exit code 1" },
  });
  const [notice] = notices(final);
  expect(notice).toMatchObject({ node: "central", messageType: "event", subject: "error", from: "ship1" });
  expect(notice?.data).toEqual(["2026-01-31T12:00:00.000Z ship1 command.ping 01 failed: exit code 1 (exitCode)\n"]);
});

test("a notice is a message that its receiver accepts", () => {
  for (const notice of notices(finalOf({ state: "failed" }, messageWith({ reply })))) {
    expect(check(messageSchema, notice)).toEqual(notice);
  }
});

test("the failure of an error event makes no further one", () => {
  expect(notices(finalOf({ state: "failed" }, messageWith({ messageType: "event", subject: "error" })))).toEqual([]);
});

test("a command with the subject error is reported like any other", () => {
  expect(
    notices(finalOf({ state: "rejected" }, messageWith({ messageType: "command", subject: "error" }))),
  ).toHaveLength(1);
});

test("a result goes where the message asked for it", () => {
  const output = { stdout: "done\n", stderr: "" };
  const [notice, ...others] = notices(finalOf({ output }, messageWith({ reply })));
  expect(notice).toMatchObject({ ...reply, messageType: "event", data: ["done\n"], from: "ship1" });
  expect(others).toEqual([]);
});

test("a failure is replied too, beside the notice to the central node", () => {
  const final = finalOf({ state: "failed", error: { code: "timedOut", message: "too slow" } }, messageWith({ reply }));
  const reported = notices(final);
  expect(reported.map(({ node, subject }) => `${node} ${subject}`)).toEqual(["central error", "ship2 console"]);
  expect(reported[1]?.data[0]).toContain("failed: too slow (timedOut)");
});

test("a repeat has the same ids, and different messages, and kinds of notices, have different ones", () => {
  const [first, second] = [messageWith({ reply }), messageWith({ reply })];
  const ids = (message: typeof first) => notices(finalOf({ state: "failed" }, message)).map(({ id }) => id);
  expect(ids(first)).toEqual(ids(first));
  expect(new Set([...ids(first), ...ids(second)]).size).toBe(4);
});

test("an unreadable ACK is reported under the message's own address", () => {
  const { id, node, messageType, subject } = messageWith();
  const unreadable: Ack = {
    id: "",
    node: "",
    messageType: "command",
    subject: "",
    state: "rejected",
    attempt: 0,
    instance: "",
  };
  const [notice] = noticesOf({ id, node, messageType, subject }, unreadable, settings);
  expect(notice?.data[0]).toContain(`ship1 command.ping ${id} rejected`);
});

test("a notice waits while there is no queue; a notice that the broker refuses is dropped", async () => {
  const send = vi
    .fn<Queue["send"]>()
    .mockRejectedValueOnce(new StewardError("streamsMissing", "there is no queue"))
    .mockResolvedValueOnce()
    .mockRejectedValueOnce(new StewardError("notStored", "it is too large"));
  const sent = notices(finalOf({ state: "failed" }, messageWith({ reply })));
  await new Notices({ send } as unknown as Queue, pino({ enabled: false }), new AbortController().signal).send(sent);
  expect(send.mock.calls.map(([[notice]]) => notice)).toEqual([sent[0], ...sent]);
});

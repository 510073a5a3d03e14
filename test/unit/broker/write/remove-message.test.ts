import { expect, test } from "vitest";
import { removeMessage } from "../../../../src/broker/write/remove-message.ts";
import { answerOf, found, notFound, scriptedBroker } from "../support.ts";

const forever = new AbortController().signal;
const address = { node: "ship1", messageType: "command", subject: "exec", id: "nightly" } as const;
const firing = (sequence: number): Record<string, string> => ({
  "Nats-Stream-Source": `STEWARD_SCHEDULES ${sequence} > > steward.ship1.scheduled.command.exec.nightly`,
});

/** The sequences that are removed from a queue with two copies of a message, and two firings under its subject. */
async function removed(id: string): Promise<number[]> {
  const queue = new Map([
    [3, {}],
    [5, firing(41)],
    [6, firing(42)],
    [8, {}],
  ]);
  const sequences: number[] = [];
  const { broker } = scriptedBroker(({ subject, body }) => {
    const asked = JSON.parse(body) as { seq: number; next_by_subj?: string };
    if (subject === "$JS.API.STREAM.MSG.DELETE.STEWARD_MESSAGES") {
      sequences.push(asked.seq);
      return answerOf({ success: true });
    }
    const next = [...queue].find(([sequence]) => sequence >= asked.seq);
    if (asked.next_by_subj !== "steward.ship1.command.exec.nightly" || next === undefined) return notFound();
    return found(next[0], "{}", next[1]);
  });
  await removeMessage(broker, { ...address, id }, forever);
  return sequences;
}

test("a message and its copies are removed one by one; firings of a schedule with the same id stay", async () => {
  expect(await removed("nightly")).toEqual([3, 8]);
});

test("a firing is found under the name of its schedule", async () => {
  expect(await removed("nightly_42")).toEqual([6]);
});

test("a message that is no longer in the queue is removed already", async () => {
  expect(await removed("other")).toEqual([]);
});

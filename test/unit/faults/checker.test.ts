import { expect, it, test } from "vitest";
import { check } from "../../faults/suite/checker.ts";
import type { Effect, History, Sent } from "../../faults/suite/history.ts";

type AckFacts = History["acks"][number];
type Changes = { -readonly [K in keyof History]: History[K] extends readonly (infer T)[] ? T[] : History[K] };

const lane = { node: "ship1", messageType: "command", subject: "exec" } as const;
const ids = ["a", "b", "c", "once"];

const ack = (id: string, state: AckFacts["state"], attempt: number = 1, instance: string = "life1"): AckFacts => ({
  ...lane,
  id,
  state,
  attempt,
  instance,
});
const ran = (id: string, instance: string = "life1"): Effect => ({
  node: "ship1",
  lane: "command.exec",
  id,
  instance,
});
const sent = (id: string): Sent => ({
  sender: "sender1",
  message: { ...lane, id, delivery: id === "once" ? "atMostOnce" : "atLeastOnce" },
  outcome: "stored",
  at: 0,
});

/** A lane with four messages, the second of which ran again after the kill of its daemon. */
function clean(): Changes {
  return {
    sent: ids.map(sent),
    effects: [ran("a"), ran("b"), ran("b", "life2"), ran("c", "life2"), ran("once", "life2")],
    strikes: [{ nemesis: "killDaemon", from: 0, to: 1 }],
    kills: [{ node: "ship1", at: 0 }],
    surprises: [],
    acks: [
      ack("a", "started"),
      ack("a", "succeeded"),
      ack("b", "started"),
      ack("b", "started", 2, "life2"),
      ack("b", "succeeded", 2, "life2"),
      ack("c", "started", 1, "life2"),
      ack("c", "succeeded", 1, "life2"),
      ack("once", "started", 1, "life2"),
      ack("once", "succeeded", 1, "life2"),
    ],
    queued: [],
    latest: new Map([["ship1.command.exec", "the last"]]),
    state: new Map([["ship1.command.exec", "the last"]]),
    stateLagMs: 0,
  };
}

const key = (id: string): string => `ship1.command.exec.${id}`;
const without = <T extends { readonly id: string }>(list: readonly T[], id: string): T[] =>
  list.filter((one) => one.id !== id);
const withoutLast = (list: readonly AckFacts[], id: string): AckFacts[] =>
  list.filter((one) => one.id !== id || one.state === "started");

/** Each bug alone: what it does to the history, and what must be found. */
const planted: Readonly<Record<string, readonly [(history: Changes) => void, readonly (readonly [string, string])[]]>> =
  {
    "a message that was stored and is nowhere": [
      (history) => {
        history.acks = without(history.acks, "c");
        history.effects = without(history.effects, "c");
      },
      [["lost", key("c")]],
    ],
    "a message that stays in the queue": [
      (history) => {
        history.acks = without(history.acks, "c");
        history.effects = without(history.effects, "c");
        history.queued = ["steward.ship1.command.exec.c"];
      },
      [
        ["noFinal", key("c")],
        ["stillQueued", "steward.ship1.command.exec.c"],
      ],
    ],
    "a message that was begun and has no final ACK": [
      (history) => (history.acks = withoutLast(history.acks, "c")),
      [["noFinal", key("c")]],
    ],
    "two final ACKs": [(history) => history.acks.push(ack("a", "interrupted")), [["twoFinals", key("a")]]],
    "an ACK behind the final one": [
      (history) => history.acks.push(ack("a", "started", 2)),
      [["ackBehindFinal", key("a")]],
    ],
    "a failure that nothing explains": [
      (history) => {
        history.acks = [...withoutLast(history.acks, "once"), ack("once", "failed")];
      },
      [["wrongOutcome", key("once")]],
    ],
    "a sender that got another outcome": [
      (history) => (history.sent[0] = { ...sent("a"), reported: "failed" }),
      [["wronglyTold", key("a")]],
    ],
    "a success without a run": [(history) => (history.effects = without(history.effects, "c")), [["notRun", key("c")]]],
    "a run that nobody asked for": [(history) => history.effects.push(ran("x")), [["notSent", key("x")]]],
    "a second run by the same life": [
      (history) => history.effects.splice(1, 0, ran("a")),
      [["unexplainedRun", key("a")]],
    ],
    "a second run without a kill": [(history) => (history.kills = []), [["unexplainedRun", key("b")]]],
    "two further runs in one lane for one kill": [
      (history) => history.effects.splice(1, 0, ran("a", "life2")),
      [["unexplainedRun", key("b")]],
    ],
    "a kill of another daemon": [
      (history) => (history.kills = [{ node: "ship2", at: 0 }]),
      [["unexplainedRun", key("b")]],
    ],
    "a second run of an at-most-once message": [
      (history) => history.effects.push(ran("once", "life3")),
      [["atMostOnceRanAgain", key("once")]],
    ],
    "runs in another order than stored": [
      (history) => {
        history.effects = [ran("b"), ran("a"), ran("c", "life2"), ran("once", "life2")];
      },
      [
        ["reordered", key("a")],
        ["reordered", key("a")],
      ],
    ],
    "endings in another order than stored": [
      (history) => {
        history.acks = [...without(history.acks, "a"), ack("a", "started"), ack("a", "succeeded")];
      },
      [
        ["reordered", key("a")],
        ["reordered", key("b")],
      ],
    ],
    "endings in another order than the runs, of two senders": [
      (history) => {
        history.sent = ids.map((id) => ({ ...sent(id), sender: id }));
        history.acks = [...without(history.acks, "a"), ack("a", "started"), ack("a", "succeeded")];
      },
      [["reordered", key("b")]],
    ],
    "a further run behind the next message": [
      (history) => {
        history.effects = [ran("a"), ran("b"), ran("c", "life2"), ran("b", "life2"), ran("once", "life2")];
      },
      [["reordered", key("b")]],
    ],
    "a wrong entry in the state": [
      (history) => (history.state = new Map([["ship1.command.exec", "the one before"]])),
      [["wrongState", "ship1.command.exec"]],
    ],
    "an entry that is missing in the state": [
      (history) => (history.state = new Map()),
      [["wrongState", "ship1.command.exec"]],
    ],
    "a fault that could not be healed": [
      (history) => history.strikes.push({ nemesis: "killBroker", from: 2, to: 3, failure: "did not start" }),
      [["surprise", "the harness"]],
    ],
  };

it("finds nothing in a history in which every guarantee held", () => {
  expect(check(clean())).toEqual([]);
});

it("knows that an at-most-once message may be interrupted by a kill, before or after it ran", () => {
  const history = clean();
  history.acks = [...withoutLast(history.acks, "once"), ack("once", "interrupted", 1, "life2")];
  expect(check(history)).toEqual([]);
  expect(check({ ...history, effects: without(history.effects, "once") })).toEqual([]);
});

it("asks nothing of a send of which nobody knows whether it is stored, except that it runs as others do", () => {
  const history = clean();
  const unknown = { ...sent("z"), outcome: "unknown" } as const;
  history.sent.unshift(unknown);
  expect(check(history)).toEqual([]);
  history.acks.push(ack("z", "started"), ack("z", "succeeded"));
  history.effects.push(ran("z"));
  expect(check(history)).toEqual([]);
  history.effects.push(ran("z"));
  expect(check(history).map(({ kind }) => kind)).toEqual(["unexplainedRun"]);
});

test.for(Object.entries(planted))("finds %s", ([, [plant, expected]]) => {
  const history = clean();
  plant(history);
  expect(check(history).map(({ kind, where }) => [kind, where])).toEqual(expected);
});

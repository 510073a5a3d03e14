import { expect, test } from "vitest";
import { standingLine, timeline } from "../../../../src/cli/render/timeline.ts";
import type { MessageStatus } from "../../../../src/state/status.ts";
import type { Whereabouts } from "../../../../src/state/whereabouts.ts";
import { standingOf } from "../../../../src/state/standing.ts";
import type { Ack } from "../../../../src/protocol/ack.ts";
import { ackByHand, messageByHand } from "../../../support/by-hand.ts";

const up: Whereabouts = { up: true, hold: undefined, trouble: undefined, life: { instance: "second", host: "box" } };

function shown(acks: readonly Ack[], changes: Partial<MessageStatus> = {}, whereabouts: Whereabouts = up): string[] {
  const history = acks.map((ack) => ({ storedAt: "TIME", ack }));
  const { id, node, messageType, subject } = messageByHand();
  const address = { id, node, messageType, subject };
  const common = {
    address,
    queued: true,
    standing: standingOf({ ack: acks.at(-1) }),
    message: undefined,
    storedAt: undefined,
  };
  return timeline({ ...common, history, ...changes }, whereabouts, Date.parse("2026-01-31T12:01:30Z"));
}

test("a run that a crash cut off, and the daemon that continued", () => {
  expect(
    shown([
      ackByHand({ state: "started", instance: "first" }),
      ackByHand({ state: "started", instance: "second", attempt: 2 }),
      ackByHand({ instance: "second", attempt: 2 }),
    ]),
  ).toEqual([
    "TIME ship1 command.exec m started",
    "  by instance first",
    "TIME ship1 command.exec m started attempt 2",
    "  by instance second on box",
    "TIME ship1 command.exec m succeeded attempt 2 5ms",
  ]);
});

test("a message without a start shows the daemon that ended it; one cancelled in the queue, only the operator", () => {
  expect(shown([ackByHand()])).toEqual(["  by instance LIFE", "TIME ship1 command.exec m succeeded 5ms"]);
  const cancelled = { by: "bob", at: "TIME", was: "queued" } as const;
  const error = { code: "cancelled", message: "cancelled by bob while queued" };
  const ack = ackByHand({ state: "cancelled", attempt: 0, durationMs: undefined, cancelled, error });
  expect(shown([ack])).toEqual(["TIME ship1 command.exec m cancelled (cancelled) cancelled by bob while queued"]);
});

test("a running or retrying message, and whether its node is up", () => {
  const startedAt = "2026-01-31T12:00:00Z";
  expect(shown([ackByHand({ state: "started", startedAt })]).at(-1)).toBe("  running for 1m");
  const retrying = [ackByHand({ state: "retrying", startedAt })];
  expect(shown(retrying, {}, { ...up, up: false }).at(-1)).toBe("  waiting for the next attempt; ship1 is down");
});

test("all options of a message", () => {
  const message = messageByHand({
    delivery: "atMostOnce",
    expires: "1h",
    replayOf: "old",
    reply: { node: "central", subject: "log" },
  });
  expect(shown([], { message, storedAt: "THEN" })).toEqual([
    "2026-01-31T12:00:00.000Z ship1 command.exec m sent by ann, replay of old, at most once within 1h, reply to central.log",
    "THEN ship1 command.exec m queued; ship1 is up",
  ]);
  expect(shown([], { message: { ...message, id: "nightly" } })[0]).toContain(" scheduled as nightly by ann,");
});

test("a message that expired in the queue: whether its node is up is only shown if it was checked", () => {
  const { id, node, messageType, subject } = messageByHand();
  const expired: MessageStatus = {
    address: { id, node, messageType, subject },
    queued: true,
    standing: "expired",
    message: undefined,
    storedAt: "TIME",
    history: [],
  };
  const said = "TIME ship1 command.exec m expired in the queue;";
  expect(timeline(expired, up)).toEqual([`${said} ship1 records it when its turn comes`]);
  expect(timeline(expired, { ...up, up: false })).toEqual([`${said} ship1 records it when it is up again`]);
  expect(standingLine(expired)).toBe(`${said} its node has not recorded that yet`);
});

test("a paused lane, with the reason if there is one", () => {
  const heldFor = (reason: string) => {
    const hold = { state: "paused", since: "TIME", by: "ann", reason } as const;
    return shown([], { storedAt: "TIME" }, { ...up, hold }).at(-1);
  };
  expect(heldFor("")).toBe("TIME ship1 command.exec m queued; ship1 is up; its lane is paused by ann");
  expect(heldFor("lunch")).toBe("TIME ship1 command.exec m queued; ship1 is up; its lane is paused by ann: lunch");
});

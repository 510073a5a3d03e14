import { expect, test } from "vitest";
import type { State } from "../../../src/protocol/ack.ts";
import { standingOf, recordsStart, type Evidence } from "../../../src/state/standing.ts";
import { ackByHand } from "../../support/by-hand.ts";

const late = { ack: undefined, isLate: true } as const;

test.each<[string, Evidence, string]>([
  ["nothing is known of", { ack: undefined }, "queued"],
  ["has time left", { ack: undefined, startIsRecorded: true }, "queued"],
  ["is late, and its start would be recorded", { ...late, startIsRecorded: true }, "expired"],
  ["is late and may have begun untold", late, "queued"],
  ["is late and no daemon can have", { ...late, onNode: "untaken" }, "expired"],
  ["is late and runs", { ...late, onNode: "running" }, "running"],
  ["runs untold", { ack: undefined, onNode: "running" }, "running"],
  ["no daemon has yet", { ack: undefined, onNode: "untaken" }, "queued"],
])("a message that %s: %o is %s", (_what, evidence, standing) => {
  expect(standingOf(evidence)).toBe(standing);
});

test.each<[State, string]>([
  ["started", "running"],
  ["retrying", "retrying"],
  ["succeeded", "final"],
  ["expired", "final"],
])("the ACK %s has precedence over everything else: %s", (state, standing) => {
  const ack = ackByHand({ state });
  for (const onNode of [undefined, "running", "untaken"] as const) {
    expect(standingOf({ ack, isLate: true, startIsRecorded: true, onNode })).toBe(standing);
  }
});

test("the start is recorded for commands, and for at-most-once messages", () => {
  const [command, event] = [{ messageType: "command" }, { messageType: "event" }] as const;
  expect([recordsStart(command), recordsStart(event), recordsStart(event, {})]).toEqual([true, false, false]);
  expect(recordsStart(event, { delivery: "atMostOnce" })).toBe(true);
});

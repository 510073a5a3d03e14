import { expect, test } from "vitest";
import type { State } from "../../../src/protocol/ack.ts";
import { standingOf, tellsStart, type Evidence } from "../../../src/state/standing.ts";
import { ackByHand } from "../../support/by-hand.ts";

const late = { ack: undefined, isLate: true } as const;

test.each<[string, Evidence, string]>([
  ["nothing is known of", { ack: undefined }, "queued"],
  ["has time left", { ack: undefined, startIsTold: true }, "queued"],
  ["is late and had to tell its start", { ...late, startIsTold: true }, "expired"],
  ["is late and may have begun untold", late, "queued"],
  ["is late and no daemon can have", { ...late, onNode: "untaken" }, "expired"],
  ["is late and runs", { ...late, onNode: "running" }, "running"],
  ["runs untold", { ack: undefined, onNode: "running" }, "running"],
  ["no daemon has yet", { ack: undefined, onNode: "untaken" }, "queued"],
])("a message that %s: %o stands as %s", (_what, evidence, standing) => {
  expect(standingOf(evidence)).toBe(standing);
});

test.each<[State, string]>([
  ["started", "running"],
  ["retrying", "retrying"],
  ["succeeded", "final"],
  ["expired", "final"],
])("the ACK %s goes before whatever else is known: %s", (state, standing) => {
  const ack = ackByHand({ state });
  for (const onNode of [undefined, "running", "untaken"] as const) {
    expect(standingOf({ ack, isLate: true, startIsTold: true, onNode })).toBe(standing);
  }
});

test("the start of commands is told, and of what may run at most once", () => {
  const [command, event] = [{ messageType: "command" }, { messageType: "event" }] as const;
  expect([tellsStart(command), tellsStart(event), tellsStart(event, {})]).toEqual([true, false, false]);
  expect(tellsStart(event, { delivery: "atMostOnce" })).toBe(true);
});

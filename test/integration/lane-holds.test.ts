import { pino } from "pino";
import { expect, test } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import type { Link } from "../../src/broker/write/journal.ts";
import { LaneHolds } from "../../src/node/holds.ts";
import type { LaneHold } from "../../src/protocol/lane-hold.ts";
import { putByHand } from "../support/broker-state.ts";
import { startFleet } from "../support/fleet.ts";

const since = "2026-01-31T12:00:00.000Z";
const paused: LaneHold = { state: "paused", since, by: "anna", reason: "lunch" };
const quarantined: LaneHold = { state: "quarantined", since, by: "kernel", reason: "a failed", behind: 7 };

/** A failure that the log has at this sequence. */
function endAt(sequence: number): Link {
  const address = { id: "a", node: "ship1", messageType: "command", subject: "shell" } as const;
  return { sequence, ack: { ...address, state: "failed", attempt: 1, instance: "me", finishedAt: since } };
}

test("holds and verdicts outlive the daemon; an earlier daemon's entries belong to the node alone", async () => {
  await using fleet = await startFleet();
  const settings = { servers: fleet.server.url, namespace: "steward" };
  await using broker = await openBroker(settings, { name: "test", waitMs: 10_000 });
  const lifeOf = async (node: string): Promise<LaneHolds> => {
    const holds = new LaneHolds(broker, node, pino({ level: "silent" }), new AbortController().signal, () => true);
    await holds.load();
    return holds;
  };
  const first = await lifeOf("ship1");
  expect(first.all()).toEqual([]);
  await first.hold("command.exec", quarantined);
  await first.hold("command.shell", quarantined);
  await first.hold("event.log", paused);
  await first.resume("command.shell", "anna");
  await (await lifeOf("ship10")).hold("command.copy", paused);
  await putByHand(fleet.nc, "$KV.STEWARD_NODES.ship1.lane.command.ping", "no JSON");

  const second = await lifeOf("ship1");
  expect(new Map(second.all())).toEqual(
    new Map([
      ["command.exec", quarantined],
      ["event.log", paused],
    ]),
  );
  expect([endAt(7), endAt(8)].map((end) => second.isJudged("command.shell", end))).toEqual([true, false]);
  await second.hold("command.exec", paused);
  await second.resume("event.log", "anna");
  expect((await lifeOf("ship1")).all()).toEqual([["command.exec", quarantined]]);
});

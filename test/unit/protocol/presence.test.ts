import { expect, test } from "vitest";
import { lanesInBeat } from "../../../src/protocol/presence.ts";

test("a heartbeat names the busiest 100 lanes, by name, and counts all", () => {
  const lanes = Array.from({ length: 12_000 }, (_, number) => ({
    name: `command.n${number}`,
    waiting: number === 7000 ? 3 : 0,
    running: number === 9000 ? 1 : 0,
  }));
  const beat = lanesInBeat(lanes);
  expect(beat.counts).toEqual({ lanes: 12_000, waiting: 3, running: 1 });
  expect(beat.lanes).toHaveLength(100);
  expect(beat.lanes.filter(({ waiting, running }) => waiting + running > 0)).toEqual([lanes[7000], lanes[9000]]);
});

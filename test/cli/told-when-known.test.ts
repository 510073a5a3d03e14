import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet[Symbol.asyncDispose]());

const unseen = "steward: no node away has ever been seen (neverSeen)";

async function takeNoMore(stream: string): Promise<void> {
  const manager = await jetstreamManager(fleet.nc);
  const { config } = await manager.streams.info(stream);
  await manager.streams.update(stream, { ...config, max_bytes: 1 });
}

test("what goes on a schedule is told to be scheduled, not queued", async () => {
  const { stderr } = await fleet.steward(["send", "away", "ping", "--every", "1h"]);
  expect(stderr).toContain(`${unseen}; it is scheduled\n`);
});

test("text in blocks is told to be queued when its first block is", async () => {
  const { stderr } = await fleet.steward(["send", "away", "log", "--lines", "-", "--no-wait"], "a line\n");
  expect(stderr).toContain(`${unseen}; it is queued\n1 block`);
});

test("4: what the broker refuses is not told to be queued", async () => {
  await takeNoMore("STEWARD_MESSAGES");
  const ways = [["ping"], ["log", "--lines", "-"], ["log", "a line"]];
  for (const way of ways) {
    const { code, stderr } = await fleet.steward(["send", "away", ...way], "a line\n");
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.not.stringContaining("queued") as unknown });
  }
});

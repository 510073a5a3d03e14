import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet[Symbol.asyncDispose]());

const unseen = "steward: unknown node away (neverSeen)";

async function takeNoMore(stream: string): Promise<void> {
  const manager = await jetstreamManager(fleet.nc);
  const { config } = await manager.streams.info(stream);
  await manager.streams.update(stream, { ...config, max_bytes: 1 });
}

test("a schedule is reported as scheduled, not as queued", async () => {
  const { stderr } = await fleet.steward(["send", "away", "ping", "--every", "1h"]);
  expect(stderr).toContain(`${unseen}; it is scheduled\n`);
});

test("a text in blocks is reported as queued when its first block is stored", async () => {
  const { stderr } = await fleet.steward(["send", "away", "log", "--lines", "-", "--no-wait"], "a line\n");
  expect(stderr).toContain(`${unseen}; it is queued\n1 block`);
});

test("4: a message that the broker refuses is not reported as queued", async () => {
  await takeNoMore("STEWARD_MESSAGES");
  const ways = [["ping"], ["log", "--lines", "-"], ["log", "a line"]];
  for (const way of ways) {
    const { code, stderr } = await fleet.steward(["send", "away", ...way], "a line\n");
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.not.stringContaining("queued") as unknown });
  }
});

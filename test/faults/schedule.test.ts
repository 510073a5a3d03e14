import { jetstreamManager } from "@nats-io/jetstream";
import { Cron } from "croner";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countQueued, finalsById, readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet(["ship1", "central"]);
});
afterEach(() => fleet[Symbol.asyncDispose]());

/** How often the broker has fired since the test began. */
async function fired(): Promise<number> {
  const manager = await jetstreamManager(fleet.nc, { checkAPI: false });
  const { state } = await manager.streams.info("STEWARD_SCHEDULES");
  return state.last_seq - 1;
}

/** Waits until the schedule, and nothing else here, has fired so often. */
async function untilFired(count: number): Promise<void> {
  await until(async () => (await fired()) >= count, 60_000, `${count} firings`);
}

test("firings that a node missed do not pile up: 30 s of a minute it is down, and each second there is one", async () => {
  const sent = await fleet.steward(["send", "ship1", "exec", "--id", "tick", "--every", "1s", "--", "true"]);
  expect(sent.code).toBe(0);
  await untilFired(15);
  await fleet.nodes["ship1"]!.kill();
  const before = await fired();
  const ranBefore = (await readAcks(fleet.nc)).filter(({ state }) => state === "succeeded").length;
  await untilFired(before + 30);
  const waiting = await countQueued(fleet.nc);
  await fleet.nodes["ship1"]!.restart();
  const back = { at: Date.now(), fired: await fired() };
  await untilFired(60);
  await fleet.steward(["schedule", "rm", "tick"]);
  await until(async () => (await countQueued(fleet.nc)) === 0);

  const total = await fired();
  const acks = await readAcks(fleet.nc);
  const finals = [...finalsById(acks.filter(({ id }) => id.startsWith("tick_"))).values()];
  const states = finals.map((own) => own.map(({ state }) => state).join(","));
  const count = (state: string): number => states.filter((one) => one === state).length;
  const counts = {
    fired: total,
    waiting,
    succeeded: count("succeeded"),
    expired: count("expired"),
    cancelled: count("cancelled"),
  };
  const ranAfter = counts.succeeded - ranBefore;
  console.log(`schedule: ${JSON.stringify({ ...counts, ranBefore, ranAfter, firedAfter: total - back.fired })}`);

  // While the node was down one firing waited, or two for a moment: the broker takes its time to drop the former one.
  expect(waiting).toBeLessThanOrEqual(2);
  // On its return it ran what waited and what came, and nothing of what it had missed.
  expect(ranAfter).toBeGreaterThan(total - back.fired - 5);
  expect(ranAfter).toBeLessThanOrEqual(total - back.fired + 3);
  // None ran twice, and none ended in two ways; what was missed left nothing behind.
  expect(states.filter((state) => state.includes(","))).toEqual([]);
  expect(counts.succeeded + counts.expired + counts.cancelled).toBeLessThan(total - 25);
});

test("a cron line with a time zone fires when croner says it should", async () => {
  const zone = "Asia/Kathmandu"; // 5:45 ahead, and never set.
  const clock = new Date(Date.now() + 4000).toLocaleTimeString("en-GB", { timeZone: zone });
  const [hour, minute, second] = clock.split(":").map(Number);
  const line = `${second} ${minute} ${hour} * * *`;
  const expected = new Cron(line, { timezone: zone }).nextRun()?.getTime() ?? 0;
  const { stdout } = await fleet.steward([
    "send",
    "ship1",
    "ping",
    "--id",
    "noon",
    "--cron",
    line,
    "--tz",
    zone,
    "--json",
  ]);
  const { schedule } = JSON.parse(stdout) as { schedule: { next: string } };
  expect(Date.parse(schedule.next)).toBe(expected);
  const run = async (): Promise<string | undefined> =>
    (await readAcks(fleet.nc)).find(({ id, state }) => id.startsWith("noon_") && state === "succeeded")?.startedAt;
  await until(async () => (await run()) !== undefined, 15_000, "it ran");
  expect(Math.abs(Date.parse((await run()) ?? "") - expected)).toBeLessThan(2000);
  const listed = await fleet.steward(["schedule", "ls", "noon", "--json"]);
  const [{ schedule: then }] = JSON.parse(listed.stdout) as [{ schedule: { next: string } }];
  expect(Date.parse(then.next)).toBe(expected + 86_400_000);
});

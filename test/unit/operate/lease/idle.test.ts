import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nodeDefaults } from "../../../../src/node/settings.ts";
import type { Presence } from "../../../../src/protocol/presence.ts";
import { gate } from "../../node/support.ts";
import { holderOf, presenceOf, scriptedLease, type ScriptedLease } from "./support.ts";

const { presenceBeat, presenceIdleBeat, presenceTtl } = nodeDefaults;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const busyLanes = (lanes: number, waiting: number, running: number): Presence =>
  presenceOf("me", { counts: { lanes, waiting, running } });

/** The lease of a daemon with the default times, which has just been stored. */
async function aLease(presence: () => Presence): Promise<ScriptedLease> {
  const scripted = scriptedLease(presenceBeat, { idleBeat: presenceIdleBeat, presence });
  await scripted.lease.acquire();
  return scripted;
}

/** The number of heartbeats that are stored in a time. */
async function storedIn(ms: number, { entry }: ScriptedLease): Promise<number> {
  const { revision } = entry()!;
  await vi.advanceTimersByTimeAsync(ms);
  return entry()!.revision - revision;
}

const tenMinutes = 600_000;

test("an idle daemon leaves out every second heartbeat", async () => {
  const count = await storedIn(tenMinutes, await aLease(() => busyLanes(1, 0, 0)));
  expect(count).toBeGreaterThanOrEqual(tenMinutes / presenceIdleBeat);
  expect(count).toBeLessThanOrEqual(tenMinutes / (0.8 * presenceIdleBeat));
});

test.each([
  ["runs a message", () => busyLanes(1, 0, 1)],
  ["has a message that waits", () => busyLanes(1, 1, 0)],
  ["has changed", () => busyLanes(Math.floor(performance.now()), 0, 0)],
])("a daemon that %s leaves out none", async (_why, presence) => {
  expect(await storedIn(tenMinutes, await aLease(presence))).toBeGreaterThanOrEqual(tenMinutes / presenceBeat);
});

test("after a heartbeat that was slow to be stored, the next one is not left out", async () => {
  const scripted = await aLease(() => busyLanes(1, 0, 0));
  const writes = gate();
  scripted.writing.before = writes.promise;
  await vi.advanceTimersByTimeAsync(presenceIdleBeat + 2000);
  writes.open();
  await vi.advanceTimersByTimeAsync(0);
  expect(await storedIn(presenceBeat, scripted)).toBe(1);
});

test("a heartbeat that is asked for is not left out", async () => {
  const scripted = await aLease(() => busyLanes(1, 0, 0));
  for (const passed of [0, presenceBeat]) {
    await vi.advanceTimersByTimeAsync(passed);
    scripted.lease.renew();
    expect(await storedIn(1000, scripted)).toBe(1);
  }
});

test("a heartbeat of an idle daemon that is lost twice is stored before the last one expires", async () => {
  const scripted = await aLease(() => busyLanes(1, 0, 0));
  for (let round = 0; round < 5; round++) {
    const stored = performance.now();
    const { length } = scripted.asked;
    scripted.loseRequests(2);
    while (scripted.asked.length === length) await vi.advanceTimersByTimeAsync(100);
    for (const repeats of [1, 2]) {
      await vi.advanceTimersByTimeAsync(scripted.asked.at(-1)!.timeout);
      await vi.waitFor(() => expect(scripted.asked).toHaveLength(length + 1 + repeats));
    }
    expect(performance.now() - stored).toBeLessThan(presenceTtl);
  }
});

test("a heartbeat that comes after the last one has expired is repeated soon: the marker of the expiry may remove it", async () => {
  const scripted = await aLease(() => busyLanes(1, 0, 0));
  const writes = gate();
  scripted.writing.before = writes.promise;
  await vi.advanceTimersByTimeAsync(presenceIdleBeat + presenceTtl);
  writes.open();
  await vi.advanceTimersByTimeAsync(0);
  scripted.put("", "PURGE");
  expect(await storedIn(6000, scripted)).toBe(1);
  expect(holderOf(scripted)).toBe("me");
  expect(await storedIn(6000, scripted)).toBe(0);
});

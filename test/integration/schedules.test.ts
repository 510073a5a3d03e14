import { jetstreamManager } from "@nats-io/jetstream";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { isSchedule, readSchedules } from "../../src/broker/read/schedules.ts";
import { putSchedule, removeSchedule } from "../../src/broker/write/schedules.ts";
import { parseCron } from "../../src/protocol/cron.ts";
import type { Rule } from "../../src/protocol/schedule.ts";
import { aMessage } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let broker: Broker;
beforeAll(async () => {
  fleet = await startFleet();
  broker = await openBroker({ servers: fleet.server.url, namespace: "steward" }, { name: "test", waitMs: 10_000 });
});
afterAll(async () => {
  await broker.close();
  await fleet[Symbol.asyncDispose]();
});

const put = (id: string, rule: Rule, attempt: string = id): Promise<void> =>
  putSchedule(broker, aMessage({ id }), { rule, expiresMs: 60_000, attempt }, new AbortController().signal);

test("the broker takes every cron line that is accepted", async () => {
  const part = (min: number, max: number): fc.Arbitrary<string> => {
    const number = fc.integer({ min, max });
    const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    const step = fc
      .tuple(fc.oneof(fc.constant("*"), range), fc.integer({ min: 1, max: 5 }))
      .map((two) => two.join("/"));
    const item = fc.oneof(
      number.map(String),
      range,
      step,
      fc.constantFrom("*", "?", "L", "MON", "sun", "fri-sun", "JAN"),
    );
    return fc.array(item, { minLength: 1, maxLength: 2 }).map((items) => items.join(","));
  };
  const line = fc
    .tuple(part(0, 59), part(0, 23), part(1, 31), part(1, 12), part(0, 7))
    .map((fields) => fields.join(" "));
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(line, async (text) => {
      let rule: Rule;
      try {
        rule = parseCron(text);
      } catch {
        return;
      }
      accepted += 1;
      await put("line", rule);
    }),
    { numRuns: 1000, examples: [["* * * * *"], ["0-59/2 4,16 1 JAN MON"]] },
  );
  expect(accepted).toBeGreaterThan(20);
});

test("a rule that the broker does not accept is the user's error", async () => {
  await expect(put("bad", { kind: "cron", cron: "0 0 4 * * 7" })).rejects.toMatchObject({
    code: "usage",
    message: 'the broker does not accept the schedule "0 0 4 * * 7": message schedules pattern is invalid',
  });
  const unknown = { kind: "cron", cron: "0 0 4 * * *", timeZone: "Mars/One" } as const;
  await expect(put("bad", unknown)).rejects.toMatchObject({ code: "usage" });
  expect(await isSchedule(broker, "bad")).toBe(false);
});

test("a try whose answer was lost does not fire twice", async () => {
  const rule = { kind: "at", at: new Date(Date.now() + 300).toISOString() } as const;
  await put("once", rule, "try");
  await until(async () => (await readSchedules(broker, { id: "once" }))[0]?.last !== undefined);
  const manager = await jetstreamManager(fleet.nc);
  const { state } = await manager.streams.info("STEWARD_SCHEDULES");
  await put("once", rule, "try");
  expect((await manager.streams.info("STEWARD_SCHEDULES")).state.last_seq).toBe(state.last_seq);
});

test("a schedule for one time is still listed after its firing, until that expires or is removed", async () => {
  const [schedule] = await readSchedules(broker, { id: "once" });
  expect(schedule).toMatchObject({ rule: { kind: "at" }, message: { id: "once" }, last: { next: undefined } });
  expect(schedule?.last?.id).toMatch(/^once_\d+$/);
  expect(await isSchedule(broker, "once")).toBe(true);
  await removeSchedule(broker, { ...aMessage({ id: "once" }) });
  expect(await readSchedules(broker, { id: "once" })).toEqual([]);
});

test("the same address again replaces the rule", async () => {
  await put("twice", { kind: "every", everyMs: 3_600_000 }, "first");
  await put("twice", { kind: "every", everyMs: 7_200_000 }, "second");
  expect(await readSchedules(broker, { id: "twice" })).toMatchObject([
    { rule: { everyMs: 7_200_000 }, last: undefined },
  ]);
});

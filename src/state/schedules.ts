import type { Broker } from "../broker/connection/broker.ts";
import { brokerTime } from "../broker/health/clock.ts";
import { lastAck } from "../broker/read/acked.ts";
import { readSchedules, type StoredSchedule } from "../broker/read/schedules.ts";
import type { State } from "../protocol/ack.ts";
import { nextWithoutCron, type Rule } from "../protocol/schedule.ts";
import { byName } from "../util/by-name.ts";
import { inParallel } from "../util/in-parallel.ts";
import { queueStates, type QueuedMessage } from "./queue.ts";
import { readStandings } from "./read-standings.ts";

/** A schedule on one node, with its firings. */
export interface ScheduleState extends StoredSchedule {
  /** RFC 3339, UTC; undefined when it does not fire again, or when the next time is unknown. */
  readonly next: string | undefined;
  /** The outcome of the last firing; without an ACK, its state in the queue. Undefined when there was no firing. */
  readonly outcome: Outcome | undefined;
}

type Outcome = State | QueuedMessage["state"];

const requestsAtOnce = 100;

/** All schedules, or those of a node or an id, sorted by id and node. @throws StewardError streamsMissing */
export async function readScheduleStates(
  broker: Broker,
  wanted: { readonly node?: string | undefined; readonly id?: string | undefined },
): Promise<ScheduleState[]> {
  const schedules = (await readSchedules(broker, wanted)).toSorted(byIdAndNode);
  const now = await brokerTime(broker);
  const outcomes = await outcomesOf(broker, schedules);
  return Promise.all(
    schedules.map(async (schedule, at) => ({
      ...schedule,
      next: await nextOf(schedule, now),
      outcome: outcomes[at],
    })),
  );
}

/** The outcome of the last firing of each schedule. */
export async function outcomesOf(
  broker: Broker,
  schedules: readonly Pick<StoredSchedule, "address" | "last">[],
): Promise<(Outcome | undefined)[]> {
  const asked = await inParallel(schedules, requestsAtOnce, async ({ address, last }) => {
    if (last === undefined) return [];
    const firing = { ...address, id: last.id };
    return [{ address: firing, ack: await lastAck(broker, firing) }];
  });
  // The message that was fired may differ from the one in the schedule, so it is read from the queue.
  const standings = await readStandings(broker, asked.flat());
  const outcomes = standings.map(({ ack, standing }) => ack?.state ?? queueStates[standing]);
  return asked.map((one) => (one.length === 0 ? undefined : outcomes.shift()));
}

async function nextOf({ rule, last, storedAt }: StoredSchedule, now: number): Promise<string | undefined> {
  // The broker's own time takes precedence over the rule: after a restart of the broker, an interval starts again.
  const moment = last?.next !== undefined && last.next > now ? last.next : await nextFiring(rule, storedAt, now);
  return moment === undefined || moment < now ? undefined : timeText(moment);
}

/** When a rule that was stored at `storedAt` fires next; undefined when never. */
export async function nextFiring(rule: Rule, storedAt: number, now: number): Promise<number | undefined> {
  if (rule.kind !== "cron") return nextWithoutCron(rule, storedAt, now);
  const { nextByCron } = await import("../protocol/cron.ts");
  return nextByCron(rule, now);
}

/** A time to the second, RFC 3339 in UTC. */
function timeText(moment: number): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}

function byIdAndNode({ address: a }: StoredSchedule, { address: b }: StoredSchedule): number {
  return byName(a.id, b.id) || byName(a.node, b.node);
}

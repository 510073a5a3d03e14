import { timeText } from "../util/time-text.ts";
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
  /**
   * The next time at which the schedule fires, RFC 3339 in UTC. Undefined if the schedule does not fire again, or if
   * the next time is unknown.
   */
  readonly next: string | undefined;
  /**
   * The outcome of the last firing. If the firing has no ACK, this is its state in the queue. Undefined if the schedule
   * never fired.
   */
  readonly outcome: Outcome | undefined;
}

type Outcome = State | QueuedMessage["state"];

const requestsAtOnce = 100;

/**
 * All schedules, or only the schedules of a node or with an id, sorted by id and node.
 * @throws StewardError streamsMissing
 */
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
  // The fired message may differ from the message in the schedule. So the fired message is read from the queue.
  const standings = await readStandings(broker, asked.flat());
  const outcomes = standings.map(({ ack, standing }) => ack?.state ?? queueStates[standing]);
  return asked.map((one) => (one.length === 0 ? undefined : outcomes.shift()));
}

async function nextOf({ rule, last, storedAt }: StoredSchedule, now: number): Promise<string | undefined> {
  // The next time that the broker has stored takes precedence over the time that follows from the rule, because an
  // interval starts again after a restart of the broker.
  const moment = last?.next !== undefined && last.next > now ? last.next : await nextFiring(rule, storedAt, now);
  return moment === undefined || moment < now ? undefined : timeText(moment);
}

/** The next time at which a rule that was stored at `storedAt` fires. Undefined if the rule does not fire again. */
export async function nextFiring(rule: Rule, storedAt: number, now: number): Promise<number | undefined> {
  if (rule.kind !== "cron") return nextWithoutCron(rule, storedAt, now);
  const { nextByCron } = await import("../protocol/cron.ts");
  return nextByCron(rule, now);
}

function byIdAndNode({ address: a }: StoredSchedule, { address: b }: StoredSchedule): number {
  return byName(a.id, b.id) || byName(a.node, b.node);
}

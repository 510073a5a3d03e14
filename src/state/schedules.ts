import { lastAck } from "../broker/acked.ts";
import type { Broker } from "../broker/broker.ts";
import { brokerTime } from "../broker/health/clock.ts";
import { readSchedules, type StoredSchedule } from "../broker/schedules.ts";
import type { State } from "../protocol/ack.ts";
import { byName } from "../protocol/by-name.ts";
import { inParallel } from "../protocol/in-parallel.ts";
import { nextWithoutCron, type Rule } from "../protocol/schedule.ts";

/** A schedule on one node, with what is known of its firings. */
export interface ScheduleState extends StoredSchedule {
  /** RFC 3339, UTC; undefined when it does not fire any more, or nobody here can tell. */
  readonly next: string | undefined;
  /** What became of the last firing: `waiting` while its node has not begun it; undefined when there is none to see. */
  readonly outcome: State | "waiting" | undefined;
}

const requestsAtOnce = 100;

/** Every schedule, or those of a node or an id, sorted by id and node. @throws StewardError streamsMissing */
export async function readScheduleStates(
  broker: Broker,
  wanted: { readonly node?: string | undefined; readonly id?: string | undefined },
): Promise<ScheduleState[]> {
  const schedules = (await readSchedules(broker, wanted)).toSorted(byIdAndNode);
  const now = await brokerTime(broker);
  return inParallel(schedules, requestsAtOnce, (schedule) => stateOf(broker, schedule, now));
}

async function stateOf(broker: Broker, schedule: StoredSchedule, now: number): Promise<ScheduleState> {
  const { address, rule, last } = schedule;
  const ack = last && (await lastAck(broker, { ...address, id: last.id }));
  const waiting = last === undefined ? undefined : "waiting";
  // The broker's own word goes before what follows from the rule: after a restart of it, an interval begins anew.
  const moment =
    last?.next !== undefined && last.next > now ? last.next : await nextFiring(rule, schedule.storedAt, now);
  const next = moment === undefined || moment < now ? undefined : timeText(moment);
  return { ...schedule, next, outcome: ack?.state ?? waiting };
}

/** When a rule that was stored at a moment fires next; undefined when never. */
export async function nextFiring(rule: Rule, storedAt: number, now: number): Promise<number | undefined> {
  if (rule.kind !== "cron") return nextWithoutCron(rule, storedAt, now);
  const { nextByCron } = await import("../protocol/cron.ts");
  return nextByCron(rule, now);
}

/** A moment to the second, RFC 3339 in UTC. */
export function timeText(moment: number): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}

function byIdAndNode({ address: a }: StoredSchedule, { address: b }: StoredSchedule): number {
  return byName(a.id, b.id) || byName(a.node, b.node);
}

import {
  firingIdOf,
  messageSubject,
  parseMessageSubject,
  scheduleIdOf,
  type Address,
} from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { firstFrom, lastOnSubject, type Stored } from "./direct-get.ts";
import { lastOnLeader } from "./leader-get.ts";
import { queuedFirings } from "./schedules.ts";
import { subjectPages, subjectsIn } from "./stream-info.ts";

/** A message in the queue. */
export type Queued = Pick<Stored, "sequence" | "storedAt" | "data">;

/**
 * The queued message at an address. In the queue, a firing has the subject of its schedule, with the schedule's id. A
 * replica that lags may not have the message yet, so undefined is returned only if the queue's leader has no such
 * message.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function queuedAt(broker: Broker, address: Address): Promise<Queued | undefined> {
  const { namespace, names } = broker;
  const subject = messageSubject(namespace, address);
  const found = await lastOnSubject(broker, names.messages, subject);
  if (found !== undefined) return found;
  const schedule = scheduleIdOf(address.id);
  const firing = schedule === undefined ? undefined : await queuedFiring(broker, address, schedule);
  return firing ?? lastOnLeader(broker, names.messages, subject);
}

/**
 * A firing in the queue. Undefined if the firing is not in the queue, or if the answering replica does not have the
 * firing yet.
 */
export async function queuedFiring(broker: Broker, address: Address, schedule: string): Promise<Queued | undefined> {
  for await (const { id, ...firing } of queuedFirings(broker, { ...address, id: schedule })) {
    if (id === address.id) return firing;
  }
  return undefined;
}

/**
 * The address that a message of the queue has in the log. In the log, each firing has its own id. Undefined if the
 * subject is not the subject of a message.
 */
export function queuedAddress({ subject, headers }: Pick<Stored, "subject" | "headers">): Address | undefined {
  const address = parseMessageSubject(subject);
  return address && { ...address, id: firingIdOf(address.id, headers?.get("Nats-Stream-Source")) ?? address.id };
}

/** Reads the message at a known sequence of the queue again. Undefined if the message was removed. */
export async function readQueued(
  broker: Broker,
  place: Pick<Stored, "sequence" | "subject">,
  signal: AbortSignal,
): Promise<Stored | undefined> {
  const found = await firstQueued(broker, place, signal);
  return found?.sequence === place.sequence ? found : undefined;
}

/**
 * The first message on a subject of the queue at or after a sequence. A replica that lags may not have the message yet,
 * so undefined is returned only if the queue's leader has no message on the subject.
 */
export async function firstQueued(
  broker: Broker,
  place: Pick<Stored, "sequence" | "subject">,
  signal: AbortSignal,
): Promise<Stored | undefined> {
  for (let tries = 0; ; tries++) {
    const found = await broker.untilAnswered(() => firstFrom(broker, broker.names.messages, place), signal);
    if (found !== undefined) return found;
    const there = await broker.untilAnswered(() => queuedSubjects(broker, place.subject), signal);
    if (there.size === 0) return undefined;
    await broker.backOff(tries, signal);
  }
}

/** The subjects in the queue that match a filter, and the number of messages on each subject. */
export async function queuedSubjects(broker: Broker, filter: string): Promise<Map<string, number>> {
  return subjectsIn(broker, broker.names.messages, filter);
}

/**
 * Counts the queued messages that match a filter, by group. `groupOf` gives the group of a subject. Keeps only one page
 * of subjects in memory, even for a long queue.
 */
export async function countQueued(
  broker: Broker,
  filter: string,
  groupOf: (subject: string) => string,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const page of subjectPages(broker, broker.names.messages, filter)) {
    for (const [subject, count] of page) counts.set(groupOf(subject), (counts.get(groupOf(subject)) ?? 0) + count);
  }
  return counts;
}

import type { Message } from "../../protocol/message.ts";
import { originalOf } from "../../protocol/original.ts";
import { parseRule, type Rule } from "../../protocol/schedule.ts";
import { firingId, firingIdOf, messageSubject, parseScheduleSubject, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { firstFrom, type Stored } from "./direct-get.ts";
import { readStream } from "./read-stream.ts";
import { subjectsIn } from "./stream-info.ts";

/** A schedule of one node, as the broker keeps it. */
export interface StoredSchedule {
  readonly address: Address;
  readonly rule: Rule;
  /** The time when the schedule was stored, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  /** Undefined if the stored text is not a message. */
  readonly message: Message | undefined;
  /** The last firing. Undefined if the schedule has not fired, or if the firing has expired. */
  readonly last: Firing | undefined;
}

export interface Firing {
  readonly id: string;
  readonly firedAt: number;
  /** The time of the next firing. Undefined if the broker gives no such time. */
  readonly next: number | undefined;
}

/**
 * The stored schedules, each with its last firing. The result includes a schedule for one time that has fired, until
 * its firing expires.
 * @throws StewardError streamsMissing
 */
export async function readSchedules(
  broker: Broker,
  { node = "*", id = "*" }: { readonly node?: string | undefined; readonly id?: string | undefined },
): Promise<StoredSchedule[]> {
  const { namespace, names } = broker;
  const filters = [`${namespace}.${node}.schedule.*.*.${id}`, `${namespace}.${node}.scheduled.*.*.${id}`];
  const [kept, fired] = [new Map<string, Stored>(), new Map<string, Stored>()];
  const addresses = new Map<string, Address>();
  for await (const stored of readStream(broker, names.schedules, { filters, from: "first" })) {
    const firing = parseScheduleSubject("scheduled", stored.subject);
    const address = firing ?? parseScheduleSubject("schedule", stored.subject);
    if (address === undefined) continue;
    const key = messageSubject(namespace, address);
    addresses.set(key, address);
    (firing === undefined ? kept : fired).set(key, stored);
  }
  return [...addresses].map(([key, address]) => {
    const last = fired.get(key);
    return { address, ...keptOf(kept.get(key), last), last: last && firingOf(address, last) };
  });
}

/** True if a schedule has this id. */
export async function isSchedule(broker: Broker, id: string): Promise<boolean> {
  const { namespace, names } = broker;
  const filters = ["schedule", "scheduled"].map((kind) => `${namespace}.*.${kind}.*.*.${id}`);
  const found = await Promise.all(filters.map((filter) => subjectsIn(broker, names.schedules, filter)));
  return found.some(({ size }) => size > 0);
}

/**
 * Reads the schedule from its stored message. A schedule that has fired for the only time has no such message any more,
 * so it is read from its firing.
 */
function keptOf(kept: Stored | undefined, fired: Stored | undefined): Omit<StoredSchedule, "address" | "last"> {
  const { headers, data = Buffer.of(), storedAt = 0 } = kept ?? fired ?? {};
  const header = (name: string): string => headers?.get(name) ?? "";
  const { message } = originalOf(data);
  const rule: Rule =
    kept === undefined
      ? { kind: "at", at: new Date(storedAt).toISOString() }
      : parseRule(header("Nats-Schedule"), header("Nats-Schedule-Time-Zone"));
  return { rule, storedAt, message };
}

function firingOf({ id }: Address, { sequence, storedAt, headers }: Stored): Firing {
  const next = Date.parse(headers?.get("Nats-Schedule-Next") ?? "");
  return { id: firingId(id, sequence), firedAt: storedAt, next: Number.isNaN(next) ? undefined : next };
}

/**
 * The messages in the queue under a schedule's id. For a firing, `id` is its id in the log. For a message that somebody
 * sent with the schedule's id, `id` is undefined. A replica that lags may leave out the latest messages.
 */
export async function* queuedFirings(
  broker: Broker,
  address: Address,
  signal?: AbortSignal,
): AsyncGenerator<Pick<Stored, "sequence" | "data" | "storedAt"> & { readonly id: string | undefined }> {
  const { namespace, names } = broker;
  const subject = messageSubject(namespace, address);
  for (let sequence = 1; ;) {
    const place = { sequence, subject };
    const found = await broker.untilAnswered(() => firstFrom(broker, names.messages, place), signal);
    if (found === undefined) return;
    const { data, storedAt } = found;
    sequence = found.sequence + 1;
    yield {
      id: firingIdOf(address.id, found.headers?.get("Nats-Stream-Source")),
      sequence: found.sequence,
      data,
      storedAt,
    };
  }
}

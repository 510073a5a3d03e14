import { messageSubject, scheduleIdOf, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { lastOnSubject, type Stored } from "./direct-get.ts";
import { lastOnLeader } from "./leader-get.ts";
import { queuedFirings } from "./schedules.ts";

/** A message in the queue. */
export type Queued = Pick<Stored, "sequence" | "storedAt" | "data">;

/**
 * What stands in the queue of a message, or of a firing, which bears the name of its schedule there. A replica that lags
 * may not have it yet, so that none is told only when the queue's leader has none.
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

/** A firing in the queue; undefined when it is not there, or not yet as far as one replica knows. */
export async function queuedFiring(broker: Broker, address: Address, schedule: string): Promise<Queued | undefined> {
  for await (const { id, ...firing } of queuedFirings(broker, { ...address, id: schedule })) {
    if (id === address.id) return firing;
  }
  return undefined;
}

import type { Broker } from "../broker/broker.ts";
import { queuedSubjects, subjectsIn } from "../broker/queue.ts";
import { StewardError } from "../protocol/errors.ts";
import { ackFilter, parseAckSubject, parseMessageSubject, type Address } from "../protocol/subjects.ts";
import { keyOf } from "./waiter.ts";

/**
 * Where a message went, on all nodes or on one.
 * @throws StewardError notFound when it is neither in the queue nor in the log; streamsMissing
 */
export async function addressesOf(broker: Broker, id: string, node?: string): Promise<Address[]> {
  const stored = await storedAddresses(broker, id, node);
  if (stored.length > 0) return stored;
  const where = node === undefined ? "" : ` for ${node}`;
  throw new StewardError("notFound", `nothing with the id ${id} is in the queue or in the log${where}`);
}

/** As `addressesOf`, also of an id that is nowhere. What has left the queue when that is read, stands in the journal. */
export async function storedAddresses(broker: Broker, id: string, node: string = "*"): Promise<Address[]> {
  const { namespace, names } = broker;
  const queued = await queuedSubjects(broker, `${namespace}.${node}.*.*.${id}`);
  const acked = await subjectsIn(broker, names.acks, ackFilter(namespace, { node, id }));
  const found = [...[...queued.keys()].map(parseMessageSubject), ...[...acked.keys()].map(parseAckSubject)];
  const addresses = found.filter((address) => address !== undefined);
  return [...new Map(addresses.map((address) => [keyOf(address), address])).values()];
}

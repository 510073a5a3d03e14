import type { Broker } from "../broker/connection/broker.ts";
import { queuedSubjects } from "../broker/read/queued.ts";
import { isSchedule } from "../broker/read/schedules.ts";
import { subjectsIn } from "../broker/read/stream-info.ts";
import { StewardError } from "../protocol/errors.ts";
import { ackFilter, keyOf, parseAckSubject, parseMessageSubject, type Address } from "../protocol/subjects.ts";

/**
 * Where a message went, on all nodes or on one.
 * @throws StewardError notFound when it is neither in the queue nor in the log, or is a schedule; streamsMissing
 */
export async function addressesOf(broker: Broker, id: string, node?: string): Promise<Address[]> {
  const [stored] = await Promise.all([storedAddresses(broker, id, node), assertNoSchedule(broker, id)]);
  if (stored.length > 0) return stored;
  const where = node === undefined ? "" : ` for ${node}`;
  throw new StewardError("notFound", `nothing with the id ${id} is in the queue or in the log${where}`);
}

/** @throws StewardError notFound for the id of a schedule, under which its firings stand in the queue */
export async function assertNoSchedule(broker: Broker, id: string): Promise<void> {
  if (!(await isSchedule(broker, id))) return;
  const way = `its firings have ids of their own, see \`steward schedule ls ${id}\``;
  throw new StewardError("notFound", `${id} is no message but a schedule; ${way}`);
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

import type { Broker } from "../broker/connection/broker.ts";
import { queuedFiring, queuedSubjects } from "../broker/read/queued.ts";
import { isSchedule } from "../broker/read/schedules.ts";
import { subjectsIn } from "../broker/read/stream-info.ts";
import { StewardError } from "../protocol/errors.ts";
import {
  ackFilter,
  keyOf,
  parseAckSubject,
  parseMessageSubject,
  scheduleIdOf,
  type Address,
} from "../protocol/subjects.ts";
import { byName } from "../util/by-name.ts";
import { inParallel } from "../util/in-parallel.ts";

const requestsAtOnce = 50;

/** Where a message is. */
export interface Place {
  readonly address: Address;
  /** In the queue: waiting, or running, or its node did not come to take it out. */
  readonly queued: boolean;
}

/**
 * Where a message went, on all nodes or on one.
 * @throws StewardError notFound when it is neither in the queue nor in the log, or is a schedule; streamsMissing
 */
export async function addressesOf(broker: Broker, id: string, node?: string): Promise<Address[]> {
  const [stored] = await Promise.all([storedAddresses(broker, id, node), assertNoSchedule(broker, id)]);
  if (stored.length > 0) return stored;
  throw unknownId(id, node);
}

/** What to say of an id that is neither in the queue nor in the log. */
export function unknownId(id: string, node?: string): StewardError {
  const where = node === undefined ? "" : ` for ${node}`;
  return new StewardError("notFound", `message not found: no ${id} in the queue or in the log${where}`);
}

/** @throws StewardError notFound for the id of a schedule, under which its firings stand in the queue */
export async function assertNoSchedule(broker: Broker, id: string): Promise<void> {
  if (!(await isSchedule(broker, id))) return;
  const way = `its firings have ids of their own, see \`steward schedule ls ${id}\``;
  throw new StewardError("notFound", `${id} is no message but a schedule; ${way}`);
}

/** As `addressesOf`, also of an id that is nowhere. */
export async function storedAddresses(broker: Broker, id: string, node?: string): Promise<Address[]> {
  return (await storedPlaces(broker, id, node)).map(({ address }) => address);
}

/**
 * Where a message stands in the queue or in the log, also a firing that waits: on which nodes and in which of their
 * lanes; sorted by node.
 */
export async function placesOf(broker: Broker, id: string): Promise<Place[]> {
  const firings = await waitingFirings(broker, id);
  const places = new Map<string, Place>();
  for (const place of [...(await storedPlaces(broker, id)), ...firings.map((address) => ({ address, queued: true }))]) {
    places.set(keyOf(place.address), place);
  }
  return [...places.values()].toSorted((a, b) => byName(a.address.node, b.address.node));
}

/** What leaves the queue when that is read, stands in the log when that is. */
async function storedPlaces(broker: Broker, id: string, node: string = "*"): Promise<Place[]> {
  const { namespace, names } = broker;
  const queued = await queuedSubjects(broker, `${namespace}.${node}.*.*.${id}`);
  const acked = await subjectsIn(broker, names.acks, ackFilter(namespace, { node, id }));
  const places = new Map<string, Place>();
  for (const address of [...queued.keys()].map(parseMessageSubject)) {
    if (address !== undefined) places.set(keyOf(address), { address, queued: true });
  }
  for (const address of [...acked.keys()].map(parseAckSubject)) {
    if (address !== undefined && !places.has(keyOf(address))) places.set(keyOf(address), { address, queued: false });
  }
  return [...places.values()];
}

/** In the queue a firing bears the name of its schedule. */
async function waitingFirings(broker: Broker, id: string): Promise<Address[]> {
  const schedule = scheduleIdOf(id);
  if (schedule === undefined) return [];
  const subjects = await queuedSubjects(broker, `${broker.namespace}.*.*.*.${schedule}`);
  const addresses = [...subjects.keys()].map(parseMessageSubject).filter((address) => address !== undefined);
  const found = await inParallel(addresses, requestsAtOnce, async (address) => {
    const firing = { ...address, id };
    return (await queuedFiring(broker, firing, schedule)) === undefined ? [] : [firing];
  });
  return found.flat();
}

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

/** A place of a message: a node, and a lane of this node. */
export interface Place {
  readonly address: Address;
  /** True if the message is in the queue. The message waits, runs, or has ended but is not yet removed by its node. */
  readonly queued: boolean;
}

/**
 * The places of a message, on all nodes or on one.
 * @throws StewardError notFound for an id that is in neither the queue nor the log, or that belongs to a schedule;
 * streamsMissing
 */
export async function addressesOf(broker: Broker, id: string, node?: string): Promise<Address[]> {
  const [stored] = await Promise.all([storedAddresses(broker, id, node), assertNoSchedule(broker, id)]);
  if (stored.length > 0) return stored;
  throw unknownId(id, node);
}

/** The error for an id that is in neither the queue nor the log. */
export function unknownId(id: string, node?: string): StewardError {
  const where = node === undefined ? "" : ` for ${node}`;
  return new StewardError("notFound", `message not found: no ${id} in the queue or in the log${where}`);
}

/**
 * @throws StewardError notFound for the id of a schedule. In the queue, all firings of a schedule have this id, so it
 * does not mean one message.
 */
export async function assertNoSchedule(broker: Broker, id: string): Promise<void> {
  if (!(await isSchedule(broker, id))) return;
  const way = `each of its firings has its own id, see \`steward schedule ls ${id}\``;
  throw new StewardError("notFound", `${id} is a schedule, not a message; ${way}`);
}

/** Like `addressesOf`, but empty for an unknown id. */
export async function storedAddresses(broker: Broker, id: string, node?: string): Promise<Address[]> {
  return (await storedPlaces(broker, id, node)).map(({ address }) => address);
}

/** The places of a message in the queue or in the log, sorted by node. Also finds a firing that waits in the queue. */
export async function placesOf(broker: Broker, id: string): Promise<Place[]> {
  const firings = await waitingFirings(broker, id);
  const places = new Map<string, Place>();
  for (const place of [...(await storedPlaces(broker, id)), ...firings.map((address) => ({ address, queued: true }))]) {
    places.set(keyOf(place.address), place);
  }
  return [...places.values()].toSorted((a, b) => byName(a.address.node, b.address.node));
}

/**
 * Reads the queue first and then the log, so that a message that moves from the queue to the log in between is found.
 */
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

/**
 * The addresses of a waiting firing. In the queue, a firing has the id of its schedule, so a search for the id of the
 * firing finds nothing.
 */
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

import type { Broker } from "../broker/connection/broker.ts";
import { lastAckOnLeader } from "../broker/read/acked.ts";
import { queuedAt, type Queued } from "../broker/read/queued.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import type { Ack } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import { originalOf } from "../protocol/original.ts";
import { keyOf, type Address } from "../protocol/subjects.ts";
import { parseDuration } from "../util/duration.ts";
import { inParallel } from "../util/in-parallel.ts";
import { runningNow, untaken } from "./on-node.ts";
import { standingOf, recordsStart, type Evidence, type Standing } from "./standing.ts";

/** A message to look up, with the data that the caller already knows. */
export interface Asked {
  readonly address: Address;
  /** The latest ACK of the message. Undefined if the message has no ACK, or if the caller does not know the ACK. */
  readonly ack: Ack | undefined;
  /** The options of the message, if known. */
  readonly message?: Pick<Message, "expires" | "delivery"> | undefined;
  /** The entry of the message in the queue, if known. */
  readonly queued?: Queued | undefined;
}

export interface WithStanding {
  readonly standing: Standing;
  /**
   * The latest ACK of the message. `ackedAt` is the time at which the ACK was stored, in milliseconds since 1970.
   * `ackedAt` is set only if the ACK was read here.
   */
  readonly ack: Ack | undefined;
  readonly ackedAt?: number | undefined;
}

const requestsAtOnce = 100;

/**
 * The standings of messages, in the order of the messages. For a message with a known ACK, nothing is read, because the
 * ACK decides. With `asksDaemons`, the daemons are asked which events they run. Otherwise a running event counts as
 * queued.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function readStandings<A extends Asked>(
  broker: Broker,
  asked: readonly A[],
  { asksDaemons = true }: { readonly asksDaemons?: boolean } = {},
): Promise<(A & WithStanding)[]> {
  if (asked.every(({ ack }) => ack !== undefined)) return asked.map((one) => ({ ...one, standing: standingOf(one) }));
  // The time is read before the ACKs. A message whose time to start is over then does not start any more. So if it has
  // started, the ACKs, which are read later, show that.
  const now = asked.some(mayExpire) ? Date.parse((await streamInfo(broker, broker.names.messages)).ts ?? "") : 0;
  const looked = await inParallel(asked, requestsAtOnce, (one) => look(broker, one, now));
  const unclear = looked.filter(({ ack, startIsRecorded }) => ack === undefined && startIsRecorded !== true);
  const late = unclear.flatMap(({ one: { address }, queued, isLate }) =>
    isLate === true && queued !== undefined ? [{ address, queued }] : [],
  );
  const addresses = unclear.map(({ one: { address } }) => address);
  const [run, left] = await Promise.all([
    asksDaemons ? runningNow(broker, addresses) : new Set<string>(),
    late.length > 0 ? untaken(broker, late).catch(() => new Set<string>()) : new Set<string>(),
  ]);
  return looked.map(({ one, ack, ackedAt, isLate, startIsRecorded }) => {
    const key = keyOf(one.address);
    const onNode = run.has(key) ? "running" : left.has(key) ? "untaken" : undefined;
    return { ...one, ack, ackedAt, standing: standingOf({ ack, isLate, startIsRecorded, onNode }) };
  });
}

/**
 * The data that decides the standing of one message. `startIsRecorded` and `isLate` are set only if the message has no
 * ACK.
 */
interface Looked<A> extends Evidence, Pick<Asked, "queued">, Pick<WithStanding, "ackedAt"> {
  readonly one: A;
}

/** True if the message may expire. If the caller does not know the options of the message, only the queue has them. */
function mayExpire({ ack, message }: Asked): boolean {
  return ack === undefined && (message === undefined || message.expires !== undefined);
}

async function look<A extends Asked>(broker: Broker, one: A, now: number): Promise<Looked<A>> {
  const { address, ack } = one;
  if (!mayExpire(one)) return { one, ack, startIsRecorded: recordsStart(address, one.message) };
  const queued = one.queued ?? (await queuedAt(broker, address));
  const message = one.message ?? (queued && originalOf(queued.data).message);
  const isLate = queued !== undefined && now > queued.storedAt + (parseDuration(message?.expires ?? "") ?? Infinity);
  const common = { one, queued, isLate, startIsRecorded: recordsStart(address, message) };
  if (queued !== undefined && !isLate) return { ...common, ack };
  // The message is not in the queue, or its time to start is over. The ACK is read from the leader, because a replica
  // that is behind may not have the ACK of the start yet.
  const last = await lastAckOnLeader(broker, address);
  return { ...common, ack: last?.ack, ackedAt: last?.storedAt };
}

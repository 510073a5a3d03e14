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
import { standingOf, tellsStart, type Evidence, type Standing } from "./standing.ts";

/** A message that somebody asks about, with what he knows already. */
export interface Asked {
  readonly address: Address;
  /** Its latest ACK; that there is none need not be sure. */
  readonly ack: Ack | undefined;
  /** What was sent. */
  readonly message?: Pick<Message, "expires" | "delivery"> | undefined;
  /** What stands in the queue. */
  readonly queued?: Queued | undefined;
}

export interface Stands {
  readonly standing: Standing;
  /** Its latest ACK, and when it was stored where that was read here, in milliseconds since 1970. */
  readonly ack: Ack | undefined;
  readonly ackedAt?: number | undefined;
}

const requestsAtOnce = 100;

/**
 * How messages stand, in their order. What need not be read is not: a message with an ACK stands as that says, and one
 * that does not expire is not late. `asksDaemons` tells events that run from those that wait.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function readStandings<A extends Asked>(
  broker: Broker,
  asked: readonly A[],
  { asksDaemons = true }: { readonly asksDaemons?: boolean } = {},
): Promise<(A & Stands)[]> {
  if (asked.every(({ ack }) => ack !== undefined)) return asked.map((one) => ({ ...one, standing: standingOf(one) }));
  // Before all else is read: what begins later than that is late.
  const now = asked.some(mayExpire) ? Date.parse((await streamInfo(broker, broker.names.messages)).ts ?? "") : 0;
  const looked = await inParallel(asked, requestsAtOnce, (one) => look(broker, one, now));
  const untold = looked.filter(({ ack, startIsTold }) => ack === undefined && startIsTold !== true);
  const late = untold.flatMap(({ one: { address }, queued, isLate }) =>
    isLate === true && queued !== undefined ? [{ address, queued }] : [],
  );
  const addresses = untold.map(({ one: { address } }) => address);
  const [run, left] = await Promise.all([
    asksDaemons ? runningNow(broker, addresses) : new Set<string>(),
    late.length > 0 ? untaken(broker, late).catch(() => new Set<string>()) : new Set<string>(),
  ]);
  return looked.map(({ one, ack, ackedAt, isLate, startIsTold }) => {
    const key = keyOf(one.address);
    const onNode = run.has(key) ? "running" : left.has(key) ? "untaken" : undefined;
    return { ...one, ack, ackedAt, standing: standingOf({ ack, isLate, startIsTold, onNode }) };
  });
}

/** What was found out of one message; `startIsTold` and `isLate` only where it has no ACK. */
interface Looked<A> extends Evidence, Pick<Asked, "queued">, Pick<Stands, "ackedAt"> {
  readonly one: A;
}

/** Of what was sent before, the queue alone knows whether it expires. */
function mayExpire({ ack, message }: Asked): boolean {
  return ack === undefined && (message === undefined || message.expires !== undefined);
}

async function look<A extends Asked>(broker: Broker, one: A, now: number): Promise<Looked<A>> {
  const { address, ack } = one;
  if (!mayExpire(one)) return { one, ack, startIsTold: tellsStart(address, one.message) };
  const queued = one.queued ?? (await queuedAt(broker, address));
  const message = one.message ?? (queued && originalOf(queued.data).message);
  const isLate = queued !== undefined && now > queued.storedAt + (parseDuration(message?.expires ?? "") ?? Infinity);
  const common = { one, queued, isLate, startIsTold: tellsStart(address, message) };
  if (queued !== undefined && !isLate) return { ...common, ack };
  // It has left the queue, or is late: a replica that lags must not decide that it never began.
  const last = await lastAckOnLeader(broker, address);
  return { ...common, ack: last?.ack, ackedAt: last?.storedAt };
}

import { createHash } from "node:crypto";
import { getHeapStatistics } from "node:v8";
import type { Delivery } from "../broker/read/pull.ts";
import { firingIdOf, isId, isToken, parseMessageSubject, type Address } from "../protocol/subjects.ts";

/** A message that the daemon has taken in. The sequence in the queue identifies the message. */
export interface Taken {
  readonly sequence: number;
  /** The address in the subject on which the message came. */
  readonly came: Address;
  /**
   * The address of the message's ACKs. All firings of a schedule have the same subject, so the number of the firing is
   * added to the id. A token that is not allowed is replaced, because the daemon cannot write to a subject with a
   * wildcard or an overlong token.
   */
  readonly address: Address;
  readonly storedAt: number;
  /**
   * A header that only the server writes. Such a header shows that the message is an answer of the server that another
   * program redirected into the queue.
   */
  readonly forgedHeader: string | undefined;
  /**
   * The payload is dropped while the message waits far back in its lane. The payload is read again before the message
   * runs.
   */
  payload: Uint8Array | undefined;
}

/** The approximate memory of a message that waits without its payload, in bytes. */
const bytesOfTaken = 600;
/**
 * The most messages that the daemon takes in. They fill a third of the memory that Node may use. With a higher number,
 * a long queue would crash the daemon at each start.
 */
const mostTaken = Math.floor(getHeapStatistics().heap_size_limit / 3 / bytesOfTaken);

/**
 * All messages that the daemon has taken in, and that the broker has not removed from the queue. A message that is
 * delivered again is found here, so it does not run again.
 */
export class TakenMessages implements Iterable<Taken> {
  readonly #most: number;
  /** The messages that wait or run. */
  readonly #bySequence = new Map<number, Taken>();
  /** The messages that have ended, but are still in the queue, as far as the daemon knows. */
  readonly #ended = new Map<number, Taken>();
  /** The lanes in which a message had not ended when its turn came. */
  readonly #caughtUp = new Set<string>();
  /** True while the broker delivers messages again that are known already. */
  #renews = false;

  constructor(most: number = mostTaken) {
    this.#most = most;
  }

  /**
   * True if there is no room for further messages. Further messages then stay in the queue until some messages here
   * have ended.
   */
  get isFull(): boolean {
    return !this.#renews && this.count >= this.#most;
  }

  /** True if there are so many messages here that further messages may have stayed in the queue a moment ago. */
  get isNearlyFull(): boolean {
    return this.count >= this.#most / 2;
  }

  get count(): number {
    return this.#bySequence.size + this.#ended.size;
  }

  /** True for a message that is here already. */
  renew({ sequence }: Pick<Delivery, "sequence">): boolean {
    this.#renews = this.#bySequence.has(sequence) || this.#ended.has(sequence);
    return this.#renews;
  }

  /** True if another message has the sequence here. So the broker's store was replaced by an earlier copy of it. */
  contradicts({ sequence, storedAt }: Pick<Delivery, "sequence" | "storedAt">): boolean {
    const known = this.#bySequence.get(sequence) ?? this.#ended.get(sequence);
    return known !== undefined && known.storedAt !== storedAt;
  }

  /**
   * Called when the broker delivers all messages again, in order. The known messages come first. The messages that have
   * ended are forgotten: one that comes again is still in the queue, and the journal shows that it has ended. So only a
   * message that the present queue has delivered is removed from it.
   */
  expectRenewals(): void {
    this.#renews = true;
    this.#ended.clear();
    this.#caughtUp.clear();
  }

  /** Takes in a new message. Undefined for a subject that cannot pass the node's filter. */
  take(delivery: Delivery): Taken | undefined {
    const taken = takenFrom(delivery);
    if (taken !== undefined) this.#bySequence.set(taken.sequence, taken);
    return taken;
  }

  /** True if the message waits or runs. False for all messages of a queue that was deleted and created again. */
  has(taken: Taken): boolean {
    return this.#bySequence.get(taken.sequence) === taken;
  }

  /** Called when a message has ended. False if the message does not belong to the present queue. */
  end(taken: Taken): boolean {
    if (!this.has(taken)) return false;
    this.#bySequence.delete(taken.sequence);
    taken.payload = undefined;
    this.#ended.set(taken.sequence, taken);
    return true;
  }

  /** True if the message has ended, and may still be in the queue. */
  isEnded(taken: Taken): boolean {
    return this.#ended.get(taken.sequence) === taken;
  }

  /** Called when the queue does not hold the message any more. */
  forget(taken: Taken): void {
    if (this.has(taken)) this.#bySequence.delete(taken.sequence);
    if (this.isEnded(taken)) this.#ended.delete(taken.sequence);
  }

  /**
   * True if the next messages of this lane may have ended before the last resync. A lane ends its messages in
   * order. So this is false after the first message that had not ended; see `caughtUp`.
   */
  mayHaveEnded(lane: string): boolean {
    return !this.#caughtUp.has(lane);
  }

  /** Called when a message of the lane begins that had not ended before. */
  caughtUp(lane: string): void {
    this.#caughtUp.add(lane);
  }

  /** Forgets all messages. The queue was deleted and created again, or its messages all come again. */
  clear(): void {
    for (const all of [this.#bySequence, this.#ended, this.#caughtUp]) all.clear();
  }

  *[Symbol.iterator](): Generator<Taken> {
    yield* this.#bySequence.values();
    yield* this.#ended.values();
  }
}

/**
 * The headers that the server adds to a stored message when the server returns the message. A message in the queue has
 * none of these headers.
 */
const serverHeaders = ["Nats-Stream", "Nats-Subject", "Nats-Sequence"];

function takenFrom({ sequence, subject, storedAt, data, headers }: Delivery): Taken | undefined {
  const came = parseMessageSubject(subject);
  if (came === undefined) return undefined;
  const subjectToken = isToken(came.subject) ? came.subject : standIn(came.subject);
  const token = isId(came.id) ? came.id : standIn(came.id);
  const id = firingIdOf(token, headers?.get("Nats-Stream-Source")) ?? token;
  // Equal addresses share one object, because many thousands of messages may wait.
  const isAsItCame = id === came.id && subjectToken === came.subject;
  const address = isAsItCame ? came : { ...came, subject: subjectToken, id };
  const forgedHeader = serverHeaders.find((name) => headers?.has(name));
  return { sequence, came, address, storedAt, forgedHeader, payload: data };
}

/** A token that represents this text, and no other text. */
function standIn(text: string): string {
  return `invalid-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

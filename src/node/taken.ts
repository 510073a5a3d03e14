import { createHash } from "node:crypto";
import { getHeapStatistics } from "node:v8";
import type { Delivery } from "../broker/read/pull.ts";
import { firingIdOf, isId, isToken, parseMessageSubject, type Address } from "../protocol/subjects.ts";

/** A message that the daemon has taken in and has not acknowledged. Its sequence in the stream identifies it. */
export interface Taken {
  readonly sequence: number;
  /** The address that its subject names. */
  readonly came: Address;
  /**
   * The address of its ACKs. All firings of a schedule have one subject, so the number of a firing is added to its id.
   * A token that is not allowed is replaced, because a wildcard or an overlong token could not be written to.
   */
  readonly address: Address;
  readonly storedAt: number;
  /** Renewed when the broker delivers the message again. */
  ackSubject: string;
  /**
   * A header that only the server writes. It shows that the message is an answer of the server that was smuggled into
   * the queue.
   */
  readonly forgedHeader: string | undefined;
  /** Dropped while the message waits far back in its lane, and read again before its turn comes. */
  payload: Uint8Array | undefined;
}

/** How many bytes a message takes while it waits without its payload, approximately. */
const bytesOfTaken = 600;
/** These fill a third of the memory that Node may use. With more, a long queue would end the daemon at each start. */
const mostTaken = Math.floor(getHeapStatistics().heap_size_limit / 3 / bytesOfTaken);

/**
 * All messages that the daemon has taken in and not acknowledged, so that a message that is delivered again does not
 * run again.
 */
export class TakenMessages implements Iterable<Taken> {
  readonly #most: number;
  readonly #bySequence = new Map<number, Taken>();
  /** The messages that are delivered now are known already. */
  #renews = false;

  constructor(most: number = mostTaken) {
    this.#most = most;
  }

  /** So many are here that further ones stay in the queue until some of these have ended. */
  get isFull(): boolean {
    return !this.#renews && this.count >= this.#most;
  }

  /** So many are here that further ones may have stayed in the queue a moment ago. */
  get isNearlyFull(): boolean {
    return this.count >= this.#most / 2;
  }

  get count(): number {
    return this.#bySequence.size;
  }

  /** True for a message that is here already: its acknowledgement will go to the subject of the new delivery. */
  renew({ sequence, ackSubject }: Delivery): boolean {
    const known = this.#bySequence.get(sequence);
    if (known !== undefined) known.ackSubject = ackSubject;
    this.#renews = known !== undefined;
    return this.#renews;
  }

  /** All messages are delivered again, in order, first the known ones. */
  expectRenewals(): void {
    this.#renews = true;
  }

  /** Takes in a new message; undefined for a subject that the node's filter cannot have let through. */
  take(delivery: Delivery): Taken | undefined {
    const taken = takenFrom(delivery);
    if (taken !== undefined) this.#bySequence.set(taken.sequence, taken);
    return taken;
  }

  /**
   * Removes a message. False when it was not here: its stream was deleted and created again, and another message may
   * have its sequence now.
   */
  remove(taken: Taken): boolean {
    return this.has(taken) && this.#bySequence.delete(taken.sequence);
  }

  has(taken: Taken): boolean {
    return this.#bySequence.get(taken.sequence) === taken;
  }

  clear(): void {
    this.#bySequence.clear();
  }

  [Symbol.iterator](): Iterator<Taken> {
    return this.#bySequence.values();
  }
}

/** The headers that the server adds when it returns a stored message; a message in the queue has none of them. */
const serverHeaders = ["Nats-Stream", "Nats-Subject", "Nats-Sequence"];

function takenFrom({ sequence, subject, storedAt, ackSubject, data, headers }: Delivery): Taken | undefined {
  const came = parseMessageSubject(subject);
  if (came === undefined) return undefined;
  const subjectToken = isToken(came.subject) ? came.subject : standIn(came.subject);
  const token = isId(came.id) ? came.id : standIn(came.id);
  const id = firingIdOf(token, headers?.get("Nats-Stream-Source")) ?? token;
  // One object for both if they are equal: many thousands may wait.
  const isAsItCame = id === came.id && subjectToken === came.subject;
  const address = isAsItCame ? came : { ...came, subject: subjectToken, id };
  const forgedHeader = serverHeaders.find((name) => headers?.has(name));
  return { sequence, came, address, storedAt, ackSubject, forgedHeader, payload: data };
}

/** A token that replaces this text and no other. */
function standIn(text: string): string {
  return `invalid-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

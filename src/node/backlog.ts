import type { Broker } from "../broker/connection/broker.ts";
import { getPage } from "../broker/read/page.ts";
import { readQueued } from "../broker/read/queued.ts";
import { messageFilter, messageSubject } from "../protocol/subjects.ts";
import { WaitingList } from "../util/waiting-list.ts";
import type { Taken } from "./taken.ts";

/**
 * The most bytes of payloads that a lane keeps in memory for its waiting messages. All other payloads are dropped, and
 * read again before their messages run.
 */
const bytesKept = 4 * 1024 * 1024;
/**
 * The memory that a payload takes in addition to its own bytes: its array object, and its share of the connection's
 * read buffer. In bytes.
 */
const overheadOfPayload = 512;
const bytesOf = ({ payload }: Taken): number => (payload === undefined ? 0 : payload.length + overheadOfPayload);
/** The most payloads that one request reads again. */
const readAtOnce = 1000;

/**
 * The messages that wait in a lane, in stored order. Messages far back in the lane keep no payload, so that memory
 * stays bounded.
 */
export class Backlog implements Iterable<Taken> {
  readonly #payloads: QueuedPayloads;
  readonly #waiting = new WaitingList<Taken>();
  /** The waiting messages without a payload, in order. */
  readonly #far = new Set<Taken>();
  #bytes = 0;
  #reading: Promise<void> | undefined;

  constructor(payloads: QueuedPayloads) {
    this.#payloads = payloads;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Adds a message after all others. */
  push(taken: Taken): void {
    if (this.#bytes < bytesKept) this.#bytes += bytesOf(taken);
    else taken.payload = undefined;
    if (taken.payload === undefined) this.#far.add(taken);
    this.#waiting.push(taken);
  }

  /** Removes and returns the first message for which `fits` is true. */
  take(fits: (taken: Taken) => boolean): Taken | undefined {
    const taken = this.#waiting.take(fits);
    if (taken === undefined) return undefined;
    this.#bytes -= bytesOf(taken);
    if (this.#bytes <= bytesKept / 2) this.#readAhead();
    this.#far.delete(taken);
    return taken;
  }

  /**
   * Reads the payload of a message again, after the message was taken out of the backlog. Undefined if the queue no
   * longer holds the message.
   */
  async payloadOf(taken: Taken): Promise<Uint8Array | undefined> {
    await this.#reading;
    return taken.payload ?? this.#payloads.one(taken);
  }

  clear(): void {
    this.#waiting.clear();
    this.#far.clear();
    this.#bytes = 0;
  }

  [Symbol.iterator](): Iterator<Taken> {
    return this.#waiting[Symbol.iterator]();
  }

  /**
   * Reads the payloads of the next messages while other messages run. One request reads many payloads, and no message
   * waits for the request.
   */
  #readAhead(): void {
    const [first] = this.#far;
    if (first === undefined || this.#reading !== undefined) return;
    const next: Taken[] = [];
    for (const taken of this.#far) {
      if (next.length === readAtOnce) break;
      if (taken.came.subject === first.came.subject) next.push(taken);
    }
    this.#reading = this.#readPayloads(next).finally(() => (this.#reading = undefined));
  }

  async #readPayloads(next: readonly Taken[]): Promise<void> {
    // A payload that is not found here is read alone when the message's turn comes.
    const found = await this.#payloads.many(next).catch(() => new Map<Taken, Uint8Array>());
    for (const [taken, payload] of found) {
      taken.payload = payload;
      if (this.#far.delete(taken)) this.#bytes += bytesOf(taken);
    }
  }
}

/** Reads the payloads of messages again from the queue. */
export class QueuedPayloads {
  readonly #broker: Broker;
  readonly #signal: AbortSignal;

  constructor(broker: Broker, signal: AbortSignal) {
    this.#broker = broker;
    this.#signal = signal;
  }

  /** Reads one payload. Undefined if the queue no longer holds the message. */
  async one({ sequence, came }: Taken): Promise<Uint8Array | undefined> {
    const subject = messageSubject(this.#broker.namespace, came);
    return (await readQueued(this.#broker, { sequence, subject }, this.#signal))?.data;
  }

  /**
   * The payloads of messages of one type and subject, in order from the first message, as many as fit in one page. The
   * result has no messages that the queue no longer holds, and no messages that the answering replica does not have
   * yet.
   */
  async many(wanted: readonly Taken[]): Promise<ReadonlyMap<Taken, Uint8Array>> {
    const [first] = wanted;
    if (first === undefined) return new Map();
    const { namespace, names } = this.#broker;
    const { node, messageType, subject } = first.came;
    const filter = messageFilter(namespace, { node, messageType, subject });
    const page = { filter, from: first.sequence, most: wanted.length };
    const { messages } = await getPage(this.#broker, names.messages, page);
    const stored = new Map(messages.map((message) => [message.sequence, message]));
    return new Map(
      wanted.flatMap((taken) => {
        const found = stored.get(taken.sequence);
        // After a stream was deleted and created again, the same sequences belong to other messages.
        return found?.subject === messageSubject(namespace, taken.came) ? [[taken, found.data] as const] : [];
      }),
    );
  }
}

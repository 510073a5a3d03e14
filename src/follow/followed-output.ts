import type { Broker } from "../broker/connection/broker.ts";
import { onLiveOutput } from "../broker/control/live-output.ts";
import { isFinal, type Ack } from "../protocol/ack.ts";
import { keyOf, type Address } from "../protocol/subjects.ts";
import { Slots } from "../util/slots.ts";
import { unlessAborted } from "../util/unless-aborted.ts";
import { FollowedMessage, type ReadUpTo } from "./followed-message.ts";
import type { LiveSink } from "./live-event.ts";

/** The number of daemons that are asked for missing output at the same time. */
const askedAtOnce = 8;

export interface LiveOptions {
  /** If true, every step is reported, also the start of the first attempt and each retry. */
  readonly everyStep?: boolean;
  /** Returns the position up to which a message has been read already. */
  readonly readUpTo?: (address: Address) => ReadUpTo | undefined;
}

/**
 * Follows the output of messages while they run. It listens to the output that the nodes publish, and asks a node for
 * missed output. The owner calls `take` with all ACKs. The ACK that ends an attempt says how much output there was, and
 * contains its beginning and its end. So after a lost connection, no output is repeated, and lost output is reported as
 * a gap.
 */
export class FollowedOutput implements Disposable {
  /** Rejects with the first error of the sink. Never resolves. */
  readonly failed: Promise<never>;
  readonly #broker: Broker;
  readonly #sink: LiveSink;
  readonly #options: LiveOptions;
  readonly #slots = new Slots(askedAtOnce);
  readonly #closing = new AbortController();
  readonly #messages = new Map<string, FollowedMessage>();
  readonly #subscriptions = new Map<string, () => void>();
  readonly #ending = new Set<Promise<void>>();
  readonly #leave: () => void;
  #fail: (error: unknown) => void = () => {};

  constructor(broker: Broker, sink: LiveSink, options: LiveOptions = {}) {
    this.#options = options;
    this.#broker = broker;
    this.#sink = sink;
    this.failed = new Promise((_resolve, reject) => (this.#fail = reject));
    // If nothing awaits `failed`, a rejection must not end the process.
    this.failed.catch(() => undefined);
    this.#leave = broker.onConnection({
      back: () => {
        for (const message of this.#messages.values()) message.look();
      },
    });
  }

  /**
   * Follows more messages. Call it before the messages are published. With `mayHaveBegun`, the state of the messages is
   * read too, because the messages may run already.
   */
  follow(addresses: readonly Address[], { mayHaveBegun = false }: { readonly mayHaveBegun?: boolean } = {}): void {
    const { everyStep = false, readUpTo } = this.#options;
    const [broker, sink, slots, signal] = [this.#broker, this.#sink, this.#slots, this.#closing.signal];
    const follower = { broker, sink, everyStep, slots, signal };
    for (const { node, messageType, subject, id } of addresses) {
      const address = { node, messageType, subject, id };
      if (this.#messages.has(keyOf(address))) continue;
      const message = new FollowedMessage(address, follower, readUpTo?.(address));
      this.#messages.set(keyOf(address), message);
      message.done.catch(this.#fail);
      if (mayHaveBegun) message.look();
      if (this.#subscriptions.has(id)) continue;
      const end = onLiveOutput(this.#broker, id, (chunk) => this.#messages.get(keyOf(chunk.address))?.hear(chunk));
      this.#subscriptions.set(id, end);
    }
  }

  /** Takes an ACK. A repeated or late ACK does no harm. */
  take(ack: Ack): void {
    const key = keyOf(ack);
    const message = this.#messages.get(key);
    if (message === undefined) return;
    message.take(ack);
    if (!isFinal(ack)) return;
    const ending = message.done.finally(() => this.#messages.delete(key));
    this.#ending.add(ending);
    ending.then(
      () => this.#ending.delete(ending),
      () => {}, // `settled` reports the error.
    );
  }

  /** Reports the end of a message that expired in the queue without a final ACK of its node. */
  async expire(address: Address): Promise<void> {
    await this.#sink({ kind: "ended", address, attempt: 0, ack: undefined });
  }

  /** Resolves when the reader has received the output of all ended messages, or when `signal` aborts. */
  async settled(signal?: AbortSignal): Promise<void> {
    await unlessAborted(signal, Promise.all(this.#ending));
  }

  [Symbol.dispose](): void {
    this.#leave();
    this.#closing.abort();
    for (const end of this.#subscriptions.values()) end();
  }
}

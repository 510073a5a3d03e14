import type { Broker } from "../broker/connection/broker.ts";
import { onLiveOutput } from "../broker/control/live-output.ts";
import { isFinal, type Ack } from "../protocol/ack.ts";
import { keyOf, type Address } from "../protocol/subjects.ts";
import { Slots } from "../util/slots.ts";
import { unlessAborted } from "../util/unless-aborted.ts";
import { FollowedMessage, type ReadUpTo } from "./followed-message.ts";
import type { LiveSink } from "./live-event.ts";

/** How many daemons are asked at once for output that is missing. */
const askedAtOnce = 8;

export interface LiveOptions {
  /** Hands every step on: also the beginning of the first attempt, and that a further one follows. */
  readonly everyStep?: boolean;
  /** What the reader has already of a message. */
  readonly readUpTo?: (address: Address) => ReadUpTo | undefined;
}

/**
 * Follows what messages print while they run. It listens to what their nodes publish, and asks a node for what it
 * missed; the ACKs, which it is given by who waits for them, tell where an attempt ended and hold the rest. So a
 * connection that is lost and comes back loses nothing and repeats nothing.
 */
export class FollowedOutput implements Disposable {
  readonly #broker: Broker;
  readonly #sink: LiveSink;
  readonly #options: LiveOptions;
  readonly #slots = new Slots(askedAtOnce);
  readonly #closing = new AbortController();
  readonly #messages = new Map<string, FollowedMessage>();
  readonly #subscriptions = new Map<string, () => void>();
  readonly #ending = new Set<Promise<void>>();
  readonly #leave: () => void;

  constructor(broker: Broker, sink: LiveSink, options: LiveOptions = {}) {
    this.#options = options;
    this.#broker = broker;
    this.#sink = sink;
    this.#leave = broker.onConnection({
      back: () => {
        for (const message of this.#messages.values()) message.look();
      },
    });
  }

  /** Follows further messages, before they are published; of those that may have begun, it asks where they stand. */
  follow(addresses: readonly Address[], { mayHaveBegun = false }: { readonly mayHaveBegun?: boolean } = {}): void {
    const { everyStep = false, readUpTo } = this.#options;
    const [broker, sink, slots, signal] = [this.#broker, this.#sink, this.#slots, this.#closing.signal];
    const follower = { broker, sink, everyStep, slots, signal };
    for (const { node, messageType, subject, id } of addresses) {
      const address = { node, messageType, subject, id };
      if (this.#messages.has(keyOf(address))) continue;
      const message = new FollowedMessage(address, follower, readUpTo?.(address));
      this.#messages.set(keyOf(address), message);
      if (mayHaveBegun) message.look();
      if (this.#subscriptions.has(id)) continue;
      const end = onLiveOutput(this.#broker, id, (chunk) => this.#messages.get(keyOf(chunk.address))?.hear(chunk));
      this.#subscriptions.set(id, end);
    }
  }

  /** Hears of an ACK; one that comes again, or late, does no harm. */
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
      () => {}, // It is met by who waits for `settled`.
    );
  }

  /** Resolves when all is handed on of the messages that have ended; or when `signal` is aborted. */
  async settled(signal?: AbortSignal): Promise<void> {
    await unlessAborted(signal, Promise.all(this.#ending));
  }

  [Symbol.dispose](): void {
    this.#leave();
    this.#closing.abort();
    for (const end of this.#subscriptions.values()) end();
  }
}

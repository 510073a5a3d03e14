import { lastAck, onAcked } from "../broker/acked.ts";
import type { Broker } from "../broker/connect.ts";
import { isFinal, type Ack } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import { laneName, type Address } from "../protocol/subjects.ts";

/** What is known of a message: its latest ACK, or none while it is queued. */
export interface Outcome {
  readonly message: Message;
  readonly ack: Ack | undefined;
}

/**
 * Collects the ACKs of messages as the broker stores them. It is told of each message before that one is published, so
 * that no ACK is missed; it needs no consumer.
 */
export class Waiter {
  readonly #broker: Broker;
  readonly #messages: Message[] = [];
  readonly #latest = new Map<string, Ack>();
  readonly #pending = new Set<string>();
  readonly #unsubscribe = new Map<string, () => void>();
  #allFinal: () => void = () => {};

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** Listens for the ACKs of further messages. */
  expect(messages: readonly Message[]): void {
    for (const message of messages) {
      const { id } = message;
      this.#messages.push(message);
      this.#pending.add(keyOf(message));
      if (!this.#unsubscribe.has(id))
        this.#unsubscribe.set(
          id,
          onAcked(this.#broker, id, (ack) => this.#take(ack)),
        );
    }
  }

  /** Resolves when every message has its final ACK, or when `signal` is aborted; then says what is known. */
  async outcomes(signal: AbortSignal): Promise<Outcome[]> {
    if (this.#pending.size > 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#allFinal = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    return this.#messages.map((message) => ({ message, ack: this.#latest.get(keyOf(message)) }));
  }

  /** Reads from the journal what is still pending: for ids that may be old, and after a reconnect. */
  async catchUp(): Promise<void> {
    const pending = this.#messages.filter((message) => this.#pending.has(keyOf(message)));
    await Promise.all(
      pending.map(async (message) => {
        const ack = await lastAck(this.#broker, message);
        if (ack !== undefined) this.#take(ack);
      }),
    );
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe.values()) unsubscribe();
  }

  #take(ack: Ack): void {
    const key = keyOf(ack);
    if (!this.#pending.has(key)) return;
    this.#latest.set(key, ack);
    if (!isFinal(ack)) return;
    this.#pending.delete(key);
    if (this.#pending.size === 0) this.#allFinal();
  }
}

function keyOf(address: Address): string {
  return `${address.node}.${laneName(address)}.${address.id}`;
}

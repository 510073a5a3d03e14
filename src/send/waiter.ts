import type { Broker } from "../broker/connection/broker.ts";
import { lastAck, onAcked } from "../broker/read/acked.ts";
import { isFinal, type Ack } from "../protocol/ack.ts";
import { keyOf, type Address } from "../protocol/subjects.ts";
import { longestTimer } from "../util/duration.ts";
import { inParallel } from "../util/in-parallel.ts";
import { onAbort } from "../util/on-abort.ts";
import { lastLook } from "./last-look.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";

const requestsAtOnce = 100;
/**
 * The interval at which a long wait reads the journal, in milliseconds. ACKs that come during a lost connection are
 * missed. The waiter reads the journal once after each reconnect, but the replica that answers may not have these ACKs
 * yet, or may not answer.
 */
const readEvery = 30_000;

/**
 * Waits for the final ACKs of messages, and reports each final ACK when the broker stores it. Call `expect` for a
 * message before the message is published, so that no ACK is missed. The waiter needs no consumer.
 */
export class Waiter implements Disposable {
  readonly #broker: Broker;
  readonly #onFinal: (outcome: Outcome) => void;
  readonly #onAck: (ack: Ack) => void;
  readonly #pending = new Map<string, Outcome>();
  readonly #subscriptions = new Map<string, { pending: number; readonly end: () => void }>();
  readonly #leave: () => void;
  #allFinal: () => void = () => {};
  #isOver = false;

  /**
   * `onAck` gets every ACK up to the final one, some of them twice. For a final ACK, `onAck` is called before
   * `onFinal`.
   */
  constructor(broker: Broker, onFinal: (outcome: Outcome) => void, onAck: (ack: Ack) => void = () => {}) {
    this.#broker = broker;
    this.#onFinal = onFinal;
    this.#onAck = onAck;
    this.#leave = broker.onConnection({ back: () => void this.catchUp() });
  }

  /** The messages without a final ACK. */
  get pending(): readonly Outcome[] {
    return [...this.#pending.values()];
  }

  /** Listens for the ACKs of further messages. */
  expect(addresses: readonly Address[]): void {
    for (const { node, messageType, subject, id } of addresses) {
      const address = { node, messageType, subject, id };
      if (this.#pending.has(keyOf(address))) continue;
      this.#pending.set(keyOf(address), outcomeOf(address, undefined));
      const end = this.#subscriptions.get(id)?.end ?? onAcked(this.#broker, id, (ack) => this.#take(ack));
      this.#subscriptions.set(id, { pending: (this.#subscriptions.get(id)?.pending ?? 0) + 1, end });
    }
  }

  /**
   * Resolves when every message has its final ACK, after `waitMs`, when `signal` aborts, or when the waiter is
   * disposed.
   */
  async settled(waitMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#pending.size === 0 || this.#isOver) return;
    const reading = waitMs > readEvery ? setInterval(() => void this.catchUp(), readEvery) : undefined;
    await this.#allFinalWithin(waitMs, signal);
    clearInterval(reading);
    if (this.#pending.size === 0 || this.#isOver) return;
    // The journal has the ACKs that were missed during a lost connection.
    await lastLook(() => this.catchUp(), signal);
  }

  async #allFinalWithin(ms: number, signal?: AbortSignal): Promise<void> {
    let end: () => void = () => {};
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#allFinal = end;
    const timer = setTimeout(end, Math.min(ms, longestTimer));
    const forget = onAbort(signal, end);
    await over;
    clearTimeout(timer);
    forget();
  }

  /**
   * Reads the latest ACKs of the pending messages from the journal. This is necessary for ids that may be old, and
   * after a reconnect.
   */
  async catchUp(): Promise<void> {
    await inParallel(this.pending, requestsAtOnce, async ({ address }) => {
      const ack = await lastAck(this.#broker, address);
      if (ack !== undefined) this.#take(ack);
    });
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#allFinal();
    this.#leave();
    for (const { end } of this.#subscriptions.values()) end();
  }

  #take(ack: Ack): void {
    const key = keyOf(ack);
    const address = this.#pending.get(key)?.address;
    if (address === undefined) return;
    const outcome = outcomeOf(address, ack);
    this.#pending.set(key, outcome);
    this.#onAck(ack);
    if (!isFinal(ack)) return;
    this.#pending.delete(key);
    this.#forget(address.id);
    this.#onFinal(outcome);
    if (this.#pending.size === 0) this.#allFinal();
  }

  /**
   * Ends the subscription of an id without pending messages. A log that is forwarded for weeks must not keep a
   * subscription for each block.
   */
  #forget(id: string): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined || --subscription.pending > 0) return;
    subscription.end();
    this.#subscriptions.delete(id);
  }
}

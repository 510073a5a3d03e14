import type { Broker } from "../broker/broker.ts";
import { outlived } from "../broker/expiry.ts";
import type { Address } from "../protocol/subjects.ts";
import type { LiveOutput } from "./live-output.ts";
import type { Outcome } from "./outcome.ts";
import { keyOf, Waiter } from "./waiter.ts";

export interface WaitOptions {
  /** How long to wait for the final ACKs, in milliseconds. */
  readonly waitMs: number;
  /** The messages may have been sent before: their ACKs may be there already. */
  readonly known?: boolean;
  /** Follows what the messages print; the waiting ends when that has handed on all. */
  readonly live?: LiveOutput | undefined;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Told when the waiting begins, and how to ask where everything stands; what it returns is called when it ends. */
  readonly onWaiting?: ((standing: () => readonly Outcome[]) => () => void) | undefined;
}

/** A message that is waited for; `expires` tells that it may end without being run. */
type Awaited = Address & { readonly expires?: string | undefined };

/** Listens for the ACKs of some messages, and then waits for their ends. */
export class Waiting implements Disposable {
  readonly #broker: Broker;
  readonly #messages: readonly Awaited[];
  readonly #options: WaitOptions;
  readonly #finals = new Map<string, Outcome>();
  readonly #waiter: Waiter;

  constructor(broker: Broker, messages: readonly Awaited[], options: WaitOptions) {
    this.#broker = broker;
    this.#messages = messages;
    this.#options = options;
    const { live } = options;
    this.#waiter = new Waiter(
      broker,
      (outcome) => this.#finals.set(keyOf(outcome.address), outcome),
      (ack) => live?.take(ack),
    );
  }

  /** Begins to listen: before the messages can have any ACK. */
  listen(): void {
    const { live, known = false } = this.#options;
    live?.follow(this.#messages, { mayHaveBegun: known });
    this.#waiter.expect(this.#messages);
  }

  /** Resolves when all have ended, or it need not wait any longer: to how each of them stands, in their order. */
  async settled(): Promise<Outcome[]> {
    const { known = false, waitMs, signal, onWaiting } = this.#options;
    if (known) await this.#waiter.catchUp();
    const done = onWaiting?.(() => this.#standing());
    try {
      await this.#waiter.settled(waitMs, signal);
      await this.#options.live?.settled(signal);
    } finally {
      done?.();
    }
    const standing = this.#standing();
    // Where nobody can tell, it counts as queued.
    const late = await outlived(this.#broker, this.#unbegun(standing)).catch(() => []);
    const expired = new Set(late.map(keyOf));
    return standing.map((outcome) => (expired.has(keyOf(outcome.address)) ? { ...outcome, expired: true } : outcome));
  }

  [Symbol.dispose](): void {
    this.#waiter[Symbol.dispose]();
  }

  #standing(): Outcome[] {
    const pending = new Map(this.#waiter.pending.map((outcome) => [keyOf(outcome.address), outcome]));
    return this.#messages.map((address) => {
      const key = keyOf(address);
      return this.#finals.get(key) ?? pending.get(key) ?? { address, ack: undefined };
    });
  }

  /** The messages that may expire, of those that no node has begun. */
  #unbegun(standing: readonly Outcome[]): Address[] {
    // Of what was sent before, the queue alone knows whether it may.
    const { known = false } = this.#options;
    const mayExpire = new Set(this.#messages.filter(({ expires }) => known || expires !== undefined).map(keyOf));
    return standing.flatMap(({ address, ack }) =>
      ack === undefined && mayExpire.has(keyOf(address)) ? [address] : [],
    );
  }
}

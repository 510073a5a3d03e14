import type { Broker } from "../broker/connection/broker.ts";
import type { FollowedOutput } from "../follow/followed-output.ts";
import type { Message } from "../protocol/message.ts";
import { keyOf, type Address } from "../protocol/subjects.ts";
import { deadline } from "../util/deadline.ts";
import { unlessAborted } from "../util/unless-aborted.ts";
import { lastLook } from "./last-look.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import { Waiter } from "./waiter.ts";

export interface WaitOptions {
  /** The messages may have been sent before, so that ACKs may exist already. */
  readonly known?: boolean;
  /** Follows the output of the messages. The wait ends only when it has handed on everything. */
  readonly live?: FollowedOutput | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Called when the wait begins, with a function for the current outcomes. Its result is called when the wait ends. */
  readonly onWaiting?: ((standing: () => readonly Outcome[]) => () => void) | undefined;
}

/** A message to wait for, with the options that matter for its state. */
type Awaited = Address & Partial<Pick<Message, "expires" | "delivery">>;

/** Listens for the ACKs of messages, then waits until all have ended. */
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

  /** Starts to listen. Call it before the messages can have an ACK. */
  listen(): void {
    const { live, known = false } = this.#options;
    live?.follow(this.#messages, { mayHaveBegun: known });
    this.#waiter.expect(this.#messages);
  }

  /**
   * Resolves when all messages have ended, after `waitMs` milliseconds, or when the signal aborts: to their outcomes,
   * in their order. Rejects with an error of the sink of `live`, and does not wait for the rest then.
   */
  async settled(waitMs: number): Promise<Outcome[]> {
    const { known = false, live, signal, onWaiting } = this.#options;
    const end = performance.now() + waitMs;
    if (known) await this.#catchUp(waitMs);
    const done = onWaiting?.(() => this.#outcomes());
    try {
      const settled = this.#waiter.settled(Math.max(0, end - performance.now()), signal);
      await (live === undefined ? settled : Promise.race([settled, live.failed]));
      await live?.settled(signal);
    } finally {
      done?.();
    }
    const outcomes = this.#outcomes();
    if (outcomes.every(({ standing }) => standing === "final")) return outcomes;
    const { readStandings } = await import("../state/read-standings.ts");
    // With a reused id, other messages may have been sent too.
    const asked = outcomes.map((outcome, at) => ({ ...outcome, message: known ? undefined : this.#messages[at] }));
    // If the current state cannot be read, the ACK decides.
    const standings = await lastLook(() => readStandings(this.#broker, asked), signal).catch(() => undefined);
    return outcomes.map((outcome, at) => ({ ...outcome, ...standings?.[at] }));
  }

  [Symbol.dispose](): void {
    this.#waiter[Symbol.dispose]();
  }

  async #catchUp(waitMs: number): Promise<void> {
    using limit = deadline(waitMs, this.#options.signal);
    await unlessAborted(limit.signal, this.#waiter.catchUp());
  }

  #outcomes(): Outcome[] {
    const pending = new Map(this.#waiter.pending.map((outcome) => [keyOf(outcome.address), outcome]));
    return this.#messages.map((address) => {
      const key = keyOf(address);
      return this.#finals.get(key) ?? pending.get(key) ?? outcomeOf(address, undefined);
    });
  }
}

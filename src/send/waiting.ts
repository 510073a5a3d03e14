import { setTimeout as delay } from "node:timers/promises";
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

/** When a wait first looks whether its messages have expired, and how often later at most, in milliseconds. */
const firstExpiryLook = 1000;
const expiryLookEvery = 30_000;

/** Listens for the ACKs of messages, then waits until all have ended. */
export class Waiting implements Disposable {
  readonly #broker: Broker;
  readonly #messages: readonly Awaited[];
  readonly #options: WaitOptions;
  readonly #finals = new Map<string, Outcome>();
  readonly #waiter: Waiter;
  readonly #over = new AbortController();

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
   * Resolves when all messages have ended or expired, after `waitMs` milliseconds, or when the signal aborts: to their
   * outcomes, in their order. Rejects with an error of the sink of `live`, and does not wait for the rest then.
   */
  async settled(waitMs: number): Promise<Outcome[]> {
    const { known = false, live, signal, onWaiting } = this.#options;
    const end = performance.now() + waitMs;
    if (known) await this.#catchUp(waitMs);
    const done = onWaiting?.(() => this.#outcomes());
    let expired: readonly Outcome[] | undefined;
    try {
      const settled = this.#waiter.settled(Math.max(0, end - performance.now()), signal).then(() => undefined);
      expired = await Promise.race([settled, this.#allExpired(), ...(live === undefined ? [] : [live.failed])]);
      await live?.settled(signal);
    } finally {
      done?.();
    }
    let outcomes = this.#outcomes(expired);
    if (!outcomes.every(hasEnded)) {
      const { readStandings } = await import("../state/read-standings.ts");
      // With a reused id, other messages may have been sent too.
      const asked = outcomes.map((outcome, at) => ({ ...outcome, message: known ? undefined : this.#messages[at] }));
      // If the current state cannot be read, the ACK decides.
      const standings = await lastLook(() => readStandings(this.#broker, asked), signal).catch(() => undefined);
      outcomes = outcomes.map((outcome, at) => ({ ...outcome, ...standings?.[at] }));
    }
    for (const { address, standing } of outcomes) if (standing === "expired") await live?.expire(address);
    return outcomes;
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    this.#waiter[Symbol.dispose]();
  }

  /**
   * Resolves when each pending message has expired in the queue, which its node can record only later. Looks less and
   * less often, and no more once the wait is over.
   */
  async #allExpired(): Promise<Outcome[]> {
    for (let ms = firstExpiryLook; ; ms = Math.min(2 * ms, expiryLookEvery)) {
      await delay(ms, undefined, { signal: this.#over.signal, ref: false }).catch(() => new Promise<never>(() => {}));
      const { pending } = this.#waiter;
      // One that has an ACK has started.
      if (pending.length === 0 || pending.some(({ ack }) => ack !== undefined)) continue;
      const { readStandings } = await import("../state/read-standings.ts");
      const looked = await readStandings(this.#broker, pending, { asksDaemons: false }).catch(() => []);
      if (looked.length > 0 && looked.every(({ standing }) => standing === "expired")) return looked;
    }
  }

  async #catchUp(waitMs: number): Promise<void> {
    using limit = deadline(waitMs, this.#options.signal);
    await unlessAborted(limit.signal, this.#waiter.catchUp());
  }

  /** The outcomes by the ACKs; of messages without a final one, those in `looked` come first. */
  #outcomes(looked: readonly Outcome[] = []): Outcome[] {
    const pending = new Map([...this.#waiter.pending, ...looked].map((outcome) => [keyOf(outcome.address), outcome]));
    return this.#messages.map((address) => {
      const key = keyOf(address);
      return this.#finals.get(key) ?? pending.get(key) ?? outcomeOf(address, undefined);
    });
  }
}

function hasEnded({ standing }: Outcome): boolean {
  return standing === "final" || standing === "expired";
}

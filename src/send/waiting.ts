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
  /** True if the messages may have been sent before. In this case ACKs may exist already. */
  readonly known?: boolean;
  /** Follows the output of the messages. The wait ends only after `live` has handed on all output. */
  readonly live?: FollowedOutput | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called when the wait begins, with a function that returns the current outcomes. The function that `onWaiting`
   * returns is called when the wait ends.
   */
  readonly onWaiting?: ((standing: () => readonly Outcome[]) => () => void) | undefined;
}

/** A message to wait for, with the options that its standing depends on. */
type Awaited = Address & Partial<Pick<Message, "expires" | "delivery">>;

/**
 * The delay before a wait first looks for expired messages, and the longest delay between later looks, in milliseconds.
 */
const firstExpiryLook = 1000;
const expiryLookEvery = 30_000;

/** Listens for the ACKs of messages, then waits until all messages have ended. */
export class Waiting implements Disposable {
  readonly #broker: Broker;
  readonly #messages: readonly Awaited[];
  readonly #options: WaitOptions;
  readonly #finals = new Map<string, Outcome>();
  readonly #waiter: Waiter;
  /**
   * Ends the looks for expired messages. It exists only if there are such looks, because to abort a signal is
   * expensive.
   */
  #looks: AbortController | undefined;

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
   * Resolves when all messages have ended or expired, after `waitMs` milliseconds, or when the signal aborts. Resolves
   * to the outcomes, in the order of the messages. If the sink of `live` throws, rejects at once with its error.
   */
  async settled(waitMs: number): Promise<Outcome[]> {
    const { known = false, live, signal, onWaiting } = this.#options;
    const end = performance.now() + waitMs;
    if (known) await this.#catchUp(waitMs);
    const done = onWaiting?.(() => this.#outcomes());
    let expired: readonly Outcome[] | undefined;
    try {
      const settled = this.#waiter.settled(Math.max(0, end - performance.now()), signal).then(() => undefined);
      const others = [...(this.#mayExpire ? [this.#allExpired()] : []), ...(live === undefined ? [] : [live.failed])];
      expired = await Promise.race([settled, ...others]);
      await live?.settled(signal);
    } finally {
      done?.();
    }
    let outcomes = this.#outcomes(expired);
    if (!outcomes.every(hasEnded)) {
      const { readStandings } = await import("../state/read-standings.ts");
      // If the id was used before, the stored messages may have other options than these.
      const asked = outcomes.map((outcome, at) => ({ ...outcome, message: known ? undefined : this.#messages[at] }));
      // If the current state cannot be read, the ACK decides.
      const standings = await lastLook(() => readStandings(this.#broker, asked), signal).catch(() => undefined);
      outcomes = outcomes.map((outcome, at) => ({ ...outcome, ...standings?.[at] }));
    }
    for (const { address, standing } of outcomes) if (standing === "expired") await live?.expire(address);
    return outcomes;
  }

  [Symbol.dispose](): void {
    this.#looks?.abort();
    this.#waiter[Symbol.dispose]();
  }

  /** True if a message may expire. If the id was used before, the stored messages may have other options than these. */
  get #mayExpire(): boolean {
    return this.#options.known === true || this.#messages.some(({ expires }) => expires !== undefined);
  }

  /**
   * Resolves when each pending message has expired in the queue. The node writes the final ACK only later, so the queue
   * is read from time to time, less and less often, until the wait is over.
   */
  async #allExpired(): Promise<Outcome[]> {
    const { signal } = (this.#looks = new AbortController());
    for (let ms = firstExpiryLook; ; ms = Math.min(2 * ms, expiryLookEvery)) {
      await delay(ms, undefined, { signal, ref: false }).catch(() => new Promise<never>(() => {}));
      const { pending } = this.#waiter;
      // A message with an ACK has started, so it cannot expire in the queue any more.
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

  /** The outcome of each message: by its final ACK, or else from `looked`, or else by its latest ACK. */
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

import type { Broker } from "../broker/connection/broker.ts";
import type { FollowedOutput } from "../follow/followed-output.ts";
import type { Message } from "../protocol/message.ts";
import { keyOf, type Address } from "../protocol/subjects.ts";
import { unlessAborted } from "../util/unless-aborted.ts";
import { lastLook } from "./last-look.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import { Waiter } from "./waiter.ts";

export interface WaitOptions {
  /** The messages may have been sent before: their ACKs may be there already. */
  readonly known?: boolean;
  /** Follows what the messages print; the waiting ends when that has handed on all. */
  readonly live?: FollowedOutput | undefined;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Told when the waiting begins, and how to ask where everything stands; what it returns is called when it ends. */
  readonly onWaiting?: ((standing: () => readonly Outcome[]) => () => void) | undefined;
}

/** A message that is waited for, with what tells how it may stand. */
type Awaited = Address & Partial<Pick<Message, "expires" | "delivery">>;

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

  /**
   * Resolves when all have ended, `waitMs` milliseconds are over, or the signal is aborted: to how each of them stands, in
   * their order.
   */
  async settled(waitMs: number): Promise<Outcome[]> {
    const { known = false, signal, onWaiting } = this.#options;
    if (known) await unlessAborted(signal, this.#waiter.catchUp());
    const done = onWaiting?.(() => this.#outcomes());
    try {
      await this.#waiter.settled(waitMs, signal);
      await this.#options.live?.settled(signal);
    } finally {
      done?.();
    }
    const outcomes = this.#outcomes();
    if (outcomes.every(({ standing }) => standing === "final")) return outcomes;
    const { readStandings } = await import("../state/read-standings.ts");
    // Under an id that was sent before, other things may have been sent.
    const asked = outcomes.map((outcome, at) => ({ ...outcome, message: known ? undefined : this.#messages[at] }));
    // Where nobody can tell, each stands as its ACK says.
    const stands = await lastLook(() => readStandings(this.#broker, asked), signal).catch(() => undefined);
    return outcomes.map((outcome, at) => ({ ...outcome, ...stands?.[at] }));
  }

  [Symbol.dispose](): void {
    this.#waiter[Symbol.dispose]();
  }

  #outcomes(): Outcome[] {
    const pending = new Map(this.#waiter.pending.map((outcome) => [keyOf(outcome.address), outcome]));
    return this.#messages.map((address) => {
      const key = keyOf(address);
      return this.#finals.get(key) ?? pending.get(key) ?? outcomeOf(address, undefined);
    });
  }
}

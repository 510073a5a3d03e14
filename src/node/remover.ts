import type { Logger } from "pino";
import { isSilence, type Broker } from "../broker/connection/broker.ts";
import { removeOnce } from "../broker/write/remove.ts";
import { messageOf } from "../protocol/errors.ts";
import type { Taken, TakenMessages } from "./taken.ts";

/**
 * The most removals that wait for their answers at the same time. One by one, a busy node would end messages faster than
 * it removes them.
 */
const mostAtOnce = 32;
/**
 * If an answer takes less than the first time, in milliseconds, the node asks for more removals at once. If it takes
 * more than the second time, the node asks for fewer. So the nodes of a large fleet do not fill the broker's queue of
 * requests.
 */
const [soonMs, lateMs] = [20, 100];
/** Ended messages that the broker does not remove within this time, in milliseconds, are reported in the log. */
const patience = 60_000;

/**
 * Removes messages that ended from the queue. Nothing waits for a removal: until the answer comes, the message is known
 * as ended and does not run again. Removals are requested only during an epoch of deliveries (see `Intake`), because
 * the queue may be created again between two epochs.
 */
export class Remover {
  readonly #broker: Broker;
  readonly #taken: TakenMessages;
  readonly #log: Logger;
  /** The ended messages whose removal is not requested at the moment. */
  readonly #waiting = new Set<Taken>();
  readonly #idlers: (() => void)[] = [];
  #isOpen = false;
  #asked = 0;
  #atOnce = 1;
  /** The number of failures since the last answer. */
  #failures = 0;
  /** The time of the last answer, or of the first removal that waits for one. */
  #since = 0;
  #isReported = false;

  constructor(broker: Broker, taken: TakenMessages, log: Logger) {
    this.#broker = broker;
    this.#taken = taken;
    this.#log = log;
  }

  /** True during an epoch of deliveries. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Begins an epoch. */
  open(): void {
    this.#isOpen = true;
    this.#askForMore();
  }

  /** Ends the epoch. */
  close(): void {
    this.#isOpen = false;
  }

  /** Removes a message that ended. */
  remove(taken: Taken): void {
    if (!this.#taken.end(taken)) return;
    if (this.#waiting.size + this.#asked === 0) this.#since = performance.now();
    this.#waiting.add(taken);
    this.#askForMore();
  }

  /** Resolves when all messages that ended are removed. */
  async done(): Promise<void> {
    if (this.#waiting.size + this.#asked > 0) await new Promise<void>((resolve) => this.#idlers.push(resolve));
  }

  #askForMore(): void {
    for (const taken of this.#waiting) {
      if (!this.#isOpen || this.#asked >= this.#atOnce) return;
      this.#waiting.delete(taken);
      this.#asked += 1;
      this.#broker.soon(() => void this.#ask(taken));
    }
  }

  async #ask(taken: Taken): Promise<void> {
    // The queue may have been created again since the message ended.
    if (this.#taken.isEnded(taken)) {
      if (!this.#isOpen || !(await this.#isRemoved(taken))) this.#waiting.add(taken);
      else this.#taken.forget(taken);
    }
    this.#asked -= 1;
    this.#askForMore();
    if (this.#waiting.size + this.#asked === 0) for (const idle of this.#idlers.splice(0)) idle();
  }

  /** Asks the broker once. After a failure, resolves to false after a pause. */
  async #isRemoved({ sequence }: Taken): Promise<boolean> {
    const begun = performance.now();
    try {
      await removeOnce(this.#broker, sequence);
      const took = performance.now() - begun;
      if (took < soonMs) this.#atOnce = Math.min(this.#atOnce + 1, mostAtOnce);
      else if (took > lateMs) this.#atOnce = Math.ceil(this.#atOnce / 2);
      [this.#failures, this.#since, this.#isReported] = [0, performance.now(), false];
      return true;
    } catch (error) {
      if (this.#broker.nc.isClosed()) this.close();
      this.#atOnce = 1;
      this.#report(error);
      await this.#broker.backOff(this.#failures++).catch(() => undefined);
      return false;
    }
  }

  #report(error: unknown): void {
    const ms = performance.now() - this.#since;
    if (this.#isReported || (isSilence(error) && ms < patience)) return;
    this.#isReported = true;
    const count = this.#waiting.size + this.#asked;
    this.#log.warn(
      `${count} ended messages are still in the queue after ${Math.round(ms / 1000)} s: ${messageOf(error)}`,
    );
  }
}

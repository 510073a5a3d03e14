import { isSilence } from "../broker/connection/broker.ts";
import { Pull } from "../broker/read/pull.ts";
import { consumerInfo, resetConsumer, restoreConsumer, type ConsumerAnswer } from "../broker/topology/consumer.ts";
import { messageOf } from "../protocol/errors.ts";
import { announce } from "./announce.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Parts } from "./parts.ts";

/**
 * Receives the node's messages from the node's durable consumer. The remedy for every problem is a resync. A resync
 * stops the pull, resets the consumer, and begins a new epoch of deliveries. The broker then delivers all messages of
 * the queue again, in order. A resync happens at the start, at a reconnect, at a gap in the deliveries, and when the
 * watchdog asks for a resync.
 */
export class Intake {
  readonly #parts: Parts;
  readonly #dispatcher: Pick<Dispatcher, "deliver" | "forget">;
  #pull: Pull | undefined;
  #stopped = false;
  #resyncing: Promise<void> | undefined;
  #reason = "";
  #asked = 0;
  #created: string | undefined;
  #wasFull = false;
  /** The number of resyncs for each reason. */
  readonly resyncs: Record<string, number> = {};

  constructor(parts: Parts, dispatcher: Pick<Dispatcher, "deliver" | "forget">) {
    this.#parts = parts;
    this.#dispatcher = dispatcher;
  }

  /** True while messages come in. False while the connection is lost, during a resync, and after `stop`. */
  get live(): boolean {
    return this.#parts.remover.isOpen && !this.#stopped;
  }

  /**
   * Reads the current state of the consumer. The answer also sets `clock` again, because the broker's clock may have
   * been changed, or this host may have slept.
   */
  async look(): Promise<ConsumerAnswer> {
    const { broker, settings, clock } = this.#parts;
    // The timeout is long, because no message waits for the answer. On a slow link, other data may delay the answer.
    return clock.reading(() => consumerInfo(broker, settings.name, 3));
  }

  /** Asks for messages again. Called when the broker has no open request of this node. */
  askIfIdle(): void {
    if (this.live) this.#pull?.askIfIdle();
  }

  /** Begins a new epoch of deliveries. If a resync is already in progress, another resync follows. */
  async resync(reason: string): Promise<void> {
    this.#reason = reason;
    this.#asked += 1;
    this.#resyncing ??= this.#resyncAll();
    await this.#resyncing;
  }

  /** Takes no further messages. Messages that were taken in before can still be removed. */
  stop(): void {
    this.#stopped = true;
    this.#pull?.stop();
  }

  /** Ends the epoch. A lost connection ends the epoch too. */
  pause(): void {
    this.#parts.remover.close();
    this.#pull?.stop();
  }

  async #resyncAll(): Promise<void> {
    const { broker, log, shutdown } = this.#parts;
    const { signal } = shutdown;
    let logged = "";
    for (let done = 0, tries = 0; done !== this.#asked && !signal.aborted; tries++) {
      const [asked, reason] = [this.#asked, this.#reason];
      try {
        await this.#resyncOnce(tries, reason);
        done = asked;
        this.resyncs[reason] = (this.resyncs[reason] ?? 0) + 1;
        log.info({ reason }, "resynced");
      } catch (error) {
        if (signal.aborted) return;
        const text = messageOf(error);
        log[isSilence(error) || text === logged ? "debug" : "warn"](`cannot resync yet: ${text}; trying again`);
        if (!isSilence(error)) logged = text;
        await broker.backOff(tries, signal).catch(() => undefined);
      }
    }
    // No `await` may come between the last check of the loop and this line. So a later request begins another resync.
    this.#resyncing = undefined;
  }

  async #resyncOnce(tries: number, reason: string): Promise<void> {
    const { broker, settings, clock, log, taken, remover } = this.#parts;
    this.pause();
    const isInDoubt = tries > 0 || reason === "consumerGone";
    const { changed, refusal, moved } = await restoreConsumer(broker, settings.name, { tries, isInDoubt });
    if (moved === true) log.warn("the server that held the consumer is away; created the consumer on another server");
    if (refusal !== undefined) log.error(`the consumer's ${changed.join(", ")} cannot be restored: ${refusal}`);
    else if (changed.length > 0) log.warn(`the consumer's ${changed.join(", ")} was changed; restored`);
    const { created } = await clock.reading(() => resetConsumer(broker, settings.name, tries));
    if (this.#created !== undefined && this.#created !== created) this.#voided();
    this.#created = created;
    if (this.#stopped) return remover.open();
    taken.expectRenewals();
    this.#pull = new Pull(broker, settings.name, {
      deliver: (delivery) => (taken.contradicts(delivery) ? this.#startOver() : this.#dispatcher.deliver(delivery)),
      isFull: () => this.#isFull(),
      refused: (why) => log.error(`the broker refuses to deliver (${why}); check the consumer's limits`),
      ended: (why, detail) => {
        log.warn({ why, detail }, "deliveries ended; resync");
        void this.resync(why);
      },
    });
    remover.open();
  }

  /** Forgets all messages, and makes the broker deliver what the queue holds now. */
  #startOver(): void {
    this.#parts.log.warn("the queue has other messages than before: the broker's store was restored; resync");
    this.#voided();
    void this.resync("restored");
  }

  /** True if further messages must stay in the queue. Logs when that state begins. */
  #isFull(): boolean {
    const { taken, log } = this.#parts;
    if (!taken.isNearlyFull) this.#wasFull = false;
    if (taken.isFull && !this.#wasFull) {
      this.#wasFull = true;
      log.warn(`${taken.count} messages wait here, as many as fit in memory; more are taken in when some have ended`);
    }
    return taken.isFull;
  }

  /** Called when the queue or the consumer was deleted and created again. The buckets were perhaps deleted too. */
  #voided(): void {
    this.#dispatcher.forget();
    void announce(this.#parts);
  }
}

import type { Logger } from "pino";
import { isSilence, type Broker } from "../broker/connection/broker.ts";
import { Pull, type Delivery } from "../broker/read/pull.ts";
import { consumerInfo, resetConsumer, restoreConsumer, type ConsumerAnswer } from "../broker/topology/consumer.ts";
import { messageOf } from "../protocol/errors.ts";

export interface IntakeEvents {
  readonly deliver: (delivery: Delivery) => void;
  /** The stream was made anew: what is held has nothing to do with it. */
  readonly voided: () => void;
}

/** An answer that took longer says too little of the broker's clock, in milliseconds. */
const slowMs = 2000;

/**
 * Brings the node's messages in, through its durable consumer. Its one means against every trouble is the resync: drop
 * the inbox, reset the consumer, begin a new epoch of deliveries; everything unacknowledged then comes again in order.
 * It happens at the start, at a reconnect, at a gap in the deliveries, and when the watchdog misses something.
 */
export class Intake {
  readonly #broker: Broker;
  readonly #node: string;
  readonly #events: IntakeEvents;
  readonly #log: Logger;
  readonly #signal: AbortSignal;
  #pull: Pull | undefined;
  #live = false;
  #stopped = false;
  #resyncing: Promise<void> | undefined;
  #reason = "";
  #asked = 0;
  #created: string | undefined;
  #clockOffset = 0;
  /** How many resyncs there have been, by reason. */
  readonly resyncs: Record<string, number> = {};

  constructor(broker: Broker, node: string, events: IntakeEvents, log: Logger, signal: AbortSignal) {
    this.#broker = broker;
    this.#node = node;
    this.#events = events;
    this.#log = log;
    this.#signal = signal;
  }

  /**
   * The latest that it may be by the broker's clock, in milliseconds since 1970, so that nothing begins when others may
   * take it for expired; it does not jump when the local clock is set.
   */
  brokerNow(): number {
    return performance.now() + this.#clockOffset;
  }

  /** Whether messages come in: not while the connection is lost, during a resync, or once stopped. */
  get live(): boolean {
    return this.#live && !this.#stopped;
  }

  /** The consumer as it is now. By the way the broker's clock is read: it may have been set, or this machine have slept. */
  async look(): Promise<ConsumerAnswer> {
    // Nobody is kept waiting by it, and on a slow link the answer may stand behind much else.
    return this.#reading(() => consumerInfo(this.#broker, this.#node, 3));
  }

  /** Takes in that the broker knows of no open request for messages. */
  askIfIdle(): void {
    if (this.live) this.#pull?.askIfIdle();
  }

  /** Begins a new epoch of deliveries. One asked for during another follows it. */
  async resync(reason: string): Promise<void> {
    this.#reason = reason;
    this.#asked += 1;
    this.#resyncing ??= this.#resyncAll();
    await this.#resyncing;
  }

  /** Acknowledges a message, which removes it from the queue. Between epochs it does nothing: it will come again. */
  acknowledge({ ackSubject }: { readonly ackSubject: string }): void {
    const epoch = this.#pull;
    if (!this.#live) return;
    this.#broker.soon(() => {
      if (this.#live && epoch === this.#pull) this.#broker.nc.publish(ackSubject);
    });
  }

  /** Takes nothing more; what is held can still be acknowledged. */
  stop(): void {
    this.#stopped = true;
    this.#pull?.stop();
  }

  /** Ends the epoch. Also while the connection is lost, since an acknowledgement sent then would go out later. */
  pause(): void {
    this.#live = false;
    this.#pull?.stop();
  }

  async #resyncAll(): Promise<void> {
    let told = "";
    for (let done = 0, tries = 0; done !== this.#asked && !this.#signal.aborted; tries++) {
      const [asked, reason] = [this.#asked, this.#reason];
      try {
        await this.#resyncOnce(tries);
        done = asked;
        this.resyncs[reason] = (this.resyncs[reason] ?? 0) + 1;
        this.#log.info({ reason }, "resynced");
      } catch (error) {
        if (this.#signal.aborted) return;
        const text = messageOf(error);
        this.#log[isSilence(error) || text === told ? "debug" : "warn"](`cannot resync yet: ${text}; trying on`);
        if (!isSilence(error)) told = text;
        await this.#broker.backOff(tries, this.#signal).catch(() => undefined);
      }
    }
    // In the turn of the last look at what was asked for: whoever asks from now on begins anew.
    this.#resyncing = undefined;
  }

  async #resyncOnce(tries: number): Promise<void> {
    this.pause();
    const { changed, refusal } = await restoreConsumer(this.#broker, this.#node, tries);
    if (refusal !== undefined) this.#log.error(`the consumer's ${changed.join(", ")} cannot be put back: ${refusal}`);
    else if (changed.length > 0) this.#log.warn(`somebody changed the consumer's ${changed.join(", ")}; put back`);
    const { created } = await this.#reading(() => resetConsumer(this.#broker, this.#node, tries));
    if (this.#created !== undefined && this.#created !== created) this.#events.voided();
    this.#created = created;
    if (this.#stopped) return;
    this.#pull = new Pull(this.#broker, this.#node, {
      deliver: this.#events.deliver,
      refused: (reason) => this.#log.error(`the broker refuses to deliver (${reason}); see to the consumer's limits`),
      ended: (why, detail) => {
        this.#log.warn({ why, detail }, "deliveries ended; resync");
        void this.resync(why);
      },
    });
    this.#live = true;
  }

  /**
   * Reads the broker's clock from an answer, as if that had taken no time to be made; a slow one does not replace what is
   * known.
   */
  async #reading(ask: () => Promise<ConsumerAnswer>): Promise<ConsumerAnswer> {
    const before = performance.now();
    const answer = await ask();
    const after = performance.now();
    const isKnown = this.#created !== undefined;
    if (answer.error !== undefined || (isKnown && after - before > slowMs)) return answer;
    this.#clockOffset = Date.parse(answer.ts) - before;
    return answer;
  }
}

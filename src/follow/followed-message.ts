import type { LiveChunk } from "../broker/control/live-output.ts";
import { allAcks } from "../broker/read/acked.ts";
import { isFinal, type Ack } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";
import { FollowedAttempt, type Follower, type OutputOffsets } from "./followed-attempt.ts";

/** Of a message that was tried more often than this, only the latest attempts are read. */
const mostAttempts = 1000;

/** What a reader has of a message: up to an attempt, and of that so much; all of it when `output` is not given. */
export interface ReadUpTo {
  readonly attempt: number;
  readonly output?: OutputOffsets | undefined;
}

/** Follows what one message prints, attempt by attempt. What is published just when it is awaited is handed on at once. */
export class FollowedMessage {
  /** Resolves when all up to the final ACK was handed on; rejects with what the sink throws. */
  readonly done: Promise<void>;
  readonly #address: Address;
  readonly #follower: Follower;
  readonly #from: ReadUpTo | undefined;
  /** The one that is read, and those behind it. */
  readonly #attempts: FollowedAttempt[] = [];
  #latest = 0;
  /** Up to which attempt the reader knows that they have begun, and why the last one ended. */
  #told: number;
  #before: Ack["error"];
  #acksReadUpTo = 0;
  #final: Ack | undefined;
  #isDone = false;
  #mustLook = false;
  #isWorking = false;
  #isWoken = false;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(address: Address, follower: Follower, from?: ReadUpTo) {
    this.#address = address;
    this.#follower = follower;
    this.#from = from;
    this.#told = from?.attempt ?? (follower.everyStep ? 0 : 1);
    if (from !== undefined) this.#latest = from.output === undefined ? from.attempt : from.attempt - 1;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody need wait for it.
    this.done.catch(() => undefined);
  }

  /** Takes what its node has published. */
  hear({ attempt: number, stream, offset, bytes }: LiveChunk): void {
    // Of one further on, the ACKs must tell first what went before.
    const attempt = number <= this.#latest + 1 ? this.#reach(number) : undefined;
    if (attempt === undefined) return;
    const isNext = attempt.note(stream, offset, bytes.length) && attempt === this.#attempts[0];
    if (!isNext || attempt.number > this.#told || this.#isWorking) return this.#wake();
    const taken = attempt.handOn(stream, offset, bytes);
    if (taken !== undefined) void this.#work(taken);
  }

  take(ack: Ack): void {
    const attempt = this.#reach(ack.attempt);
    if (attempt !== undefined && (isFinal(ack) || ack.state === "retrying")) attempt.ended ??= ack;
    if (isFinal(ack)) this.#final ??= ack;
    this.#wake();
  }

  /** Asks where the message stands: something may have been missed. */
  look(): void {
    this.#mustLook = true;
    this.#wake();
  }

  /** The attempt of this number, if it is still to be read. Those before it that were missed are read first. */
  #reach(number: number): FollowedAttempt | undefined {
    this.#latest = Math.max(this.#latest, number - mostAttempts);
    while (this.#latest < number) {
      const next = ++this.#latest;
      const from = next === this.#from?.attempt ? this.#from.output : undefined;
      this.#attempts.push(new FollowedAttempt(next, this.#address, this.#follower, from));
    }
    return this.#attempts.find((attempt) => attempt.number === number);
  }

  #wake(): void {
    this.#isWoken = true;
    if (!this.#isWorking) void this.#work();
  }

  /** Does one step after the other, behind `first`, until only what is to come can bring it further. */
  async #work(first?: Promise<void>): Promise<void> {
    this.#isWorking = true;
    try {
      if (first !== undefined) await first;
      while (this.#isWoken && !this.#follower.signal.aborted) {
        this.#isWoken = false;
        while (!this.#follower.signal.aborted && (await this.#step()));
      }
    } catch (error) {
      if (!this.#follower.signal.aborted) this.#reject(error);
    }
    this.#isWorking = false;
  }

  async #step(): Promise<boolean> {
    const [attempt] = this.#attempts;
    if (attempt === undefined) return this.#finish();
    if (attempt.number > this.#told) return this.#tell(attempt);
    const isOver = attempt.ended !== undefined || this.#final !== undefined || attempt.number < this.#latest;
    // What the ACKs before the latest said was missed.
    if (isOver && attempt.ended === undefined && this.#acksReadUpTo < this.#latest) return this.#readAcks();
    if (await attempt.fetch(isOver)) return true;
    if (!isOver) {
      if (!this.#mustLook) return false;
      this.#mustLook = await attempt.look(isOver);
      return true;
    }
    if (await attempt.hasAll()) await this.#leave(attempt);
    return true;
  }

  async #leave({ number, ended }: FollowedAttempt): Promise<void> {
    this.#attempts.shift();
    this.#before = ended?.error;
    if (!this.#follower.everyStep || ended?.state !== "retrying") return;
    await this.#follower.sink({ kind: "retrying", address: this.#address, attempt: number, error: ended.error });
  }

  async #tell({ number }: FollowedAttempt): Promise<true> {
    this.#told = number;
    await this.#follower.sink({ kind: "attempt", address: this.#address, attempt: number, after: this.#before });
    return true;
  }

  async #readAcks(): Promise<true> {
    const { broker, slots, signal } = this.#follower;
    const latest = this.#latest;
    const acks = await broker.untilAnswered(() => slots.use(() => allAcks(broker, this.#address)), signal);
    for (const ack of acks) this.take(ack);
    this.#acksReadUpTo = latest;
    return true;
  }

  async #finish(): Promise<false> {
    if (this.#final !== undefined && !this.#isDone) {
      this.#isDone = true;
      const ack = this.#final;
      await this.#follower.sink({ kind: "ended", address: this.#address, attempt: ack.attempt, ack });
      this.#resolve();
    }
    return false;
  }
}

import type { LiveChunk } from "../broker/control/live-output.ts";
import { allAcks } from "../broker/read/acked.ts";
import { isFinal, type Ack } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";
import { FollowedAttempt, type Follower, type OutputOffsets } from "./followed-attempt.ts";

/** The largest number of attempts to read. If a message has more attempts, only the latest attempts are read. */
const mostAttempts = 1000;

/**
 * The position of a reader in a message: the attempt, and the number of bytes of its output. Without `output`, the
 * reader has read the whole attempt.
 */
export interface ReadUpTo {
  readonly attempt: number;
  readonly output?: OutputOffsets | undefined;
}

/**
 * Follows the output of one message, attempt by attempt. Bytes that arrive in order are passed to the reader at once.
 */
export class FollowedMessage {
  /** Resolves when the reader has received all output up to the final ACK. Rejects with an error of the sink. */
  readonly done: Promise<void>;
  readonly #address: Address;
  readonly #follower: Follower;
  readonly #from: ReadUpTo | undefined;
  /** The attempt that is being read, and the attempts after it. */
  readonly #attempts: FollowedAttempt[] = [];
  #latest = 0;
  /** The last attempt whose start was reported to the reader, and the error of the attempt before. */
  #reported: number;
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
    this.#reported = from?.attempt ?? (follower.everyStep ? 0 : 1);
    if (from !== undefined) this.#latest = from.output === undefined ? from.attempt : from.attempt - 1;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // If nothing awaits `done`, a rejection must not end the process.
    this.done.catch(() => undefined);
  }

  /** Takes output that the node published. */
  hear({ attempt: number, stream, offset, bytes }: LiveChunk): void {
    // For a later attempt, the ACKs of the attempts before must be read first.
    const attempt = number <= this.#latest + 1 ? this.#reach(number) : undefined;
    if (attempt === undefined) return;
    const isNext = attempt.note(stream, offset, bytes.length) && attempt === this.#attempts[0];
    if (!isNext || attempt.number > this.#reported || this.#isWorking) return this.#wake();
    try {
      const taken = attempt.handOn(stream, offset, bytes);
      if (taken !== undefined) void this.#work(taken);
    } catch (error) {
      // An error that reaches the client library ends the connection for all calls.
      this.#reject(error);
    }
  }

  take(ack: Ack): void {
    const attempt = this.#reach(ack.attempt);
    if (attempt !== undefined && (isFinal(ack) || ack.state === "retrying")) attempt.ended ??= ack;
    if (isFinal(ack)) this.#final ??= ack;
    this.#wake();
  }

  /** Reads the state of the message again, because ACKs or output may have been missed. */
  look(): void {
    this.#mustLook = true;
    this.#wake();
  }

  /**
   * Returns the attempt with this number. Undefined if the attempt was read already. Missed attempts before this
   * attempt are read first.
   */
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

  /** Works step by step after `first`, until the next step needs an ACK or output that has not arrived yet. */
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
    if (attempt.number > this.#reported) return this.#report(attempt);
    const isOver = attempt.ended !== undefined || this.#final !== undefined || attempt.number < this.#latest;
    // The ACKs of the attempts before the latest attempt were missed.
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

  async #report({ number }: FollowedAttempt): Promise<true> {
    this.#reported = number;
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

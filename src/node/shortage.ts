import type { Message } from "../protocol/message.ts";
import type { RunFailure } from "./attempt.ts";
import type { Troubles } from "./troubles.ts";

/** The first and the longest wait for memory, disk space or processes, in milliseconds. */
const firstWait = 1000;
const longestWait = 10_000;

/**
 * Handles messages that cannot run because the system has no memory, space or processes. An event does not fail because
 * of a shortage, even a long one: it waits, and no ACK is written. A command, or an event that may run at most once,
 * fails.
 */
export class Shortage {
  readonly #lane: string;
  readonly #troubles: Troubles;
  #waits = 0;
  #isWaiting = false;

  constructor(lane: string, troubles: Troubles) {
    this.#lane = lane;
    this.#troubles = troubles;
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Decides after a failed run. True if the message must wait and run again. */
  shouldWait({ messageType, delivery }: Message, { isNotNow, code, message: text }: RunFailure): boolean {
    if (!isNotNow) return false;
    if (messageType === "event" && delivery !== "atMostOnce") {
      this.#troubles.report(this.#lane, "noRoom", text);
      return true;
    }
    if (code === "spawnFailed" || code === "handlerCrashed") this.#troubles.cannotStart(text);
    return false;
  }

  async wait(pause: (ms: number) => Promise<void>): Promise<void> {
    this.#isWaiting = true;
    await pause(Math.min(firstWait * 2 ** this.#waits++, longestWait));
    this.#isWaiting = false;
  }

  /** The message no longer waits. */
  end(): void {
    if (this.#waits > 0) this.#troubles.end(this.#lane);
    this.#waits = 0;
  }
}

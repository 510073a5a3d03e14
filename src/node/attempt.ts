import {
  NotNowError,
  RunError,
  TerminalError,
  type Handler,
  type RunContext,
  type RunResult,
} from "../handlers/define.ts";
import type { Cancelled } from "../protocol/ack.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { isNotNow } from "../util/errno.ts";

/** The reason why a run must end early. */
export type Interruption =
  | { readonly kind: "timedOut"; readonly afterMs: number }
  | { readonly kind: "cancelled"; readonly cancelled: Cancelled }
  /** The daemon stops, and the drain timeout is over. */
  | { readonly kind: "cutOff" }
  /** The daemon stops, and a second signal asked for a stop at once. */
  | { readonly kind: "hurried" }
  /** This process leaves the message to a later one, because the lane is restarted or the daemon ends. */
  | { readonly kind: "abandoned" };

/** The end of one run of a handler. `ack` is the part of the ACK that comes from the run. */
export type RunOutcome =
  | { readonly kind: "succeeded"; readonly ack: RunResult }
  | { readonly kind: "failed"; readonly ack: RunResult; readonly error: RunFailure }
  | { readonly kind: "interrupted"; readonly ack: RunResult; readonly why: Interruption };

/** The error that a run threw. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
  /** True if another try cannot succeed either. */
  readonly isTerminal: boolean;
  /** True if a later try may succeed, because the run failed only for lack of memory, disk space or processes. */
  readonly isNotNow: boolean;
}

/**
 * When its signal has aborted, a handler has the kill grace plus this time to end, in milliseconds. After that, the
 * daemon does not wait for the handler any more.
 */
const slackMs = 3000;

/**
 * One run of a handler. After an interruption, the attempt always settles within `giveUpMs`, even if the handler does
 * not end.
 */
export class Attempt {
  #stop: AbortController | undefined;
  readonly #giveUpMs: number;
  #why: Interruption | undefined;
  #interrupted: () => void = () => {};

  /** `killGraceMs`: the most time that the handler needs to end the processes that it started. */
  constructor(killGraceMs: number) {
    this.#giveUpMs = killGraceMs + slackMs;
  }

  /**
   * Makes the handler's signal at the first call, because a signal is expensive and many handlers do not use a signal.
   */
  openSignal(): AbortSignal {
    this.#stop ??= new AbortController();
    if (this.#why !== undefined) this.#stop.abort(errorOf(this.#why));
    return this.#stop.signal;
  }

  /** Asks the handler to end. If it is called more than once, the first reason counts. */
  interrupt(why: Interruption): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#interrupted();
    this.#stop?.abort(errorOf(why));
  }

  /** Runs the handler once, for at most `timeoutMs`. The signal of the context must be the signal of this attempt. */
  async run(handler: Handler, context: RunContext, timeoutMs: number): Promise<RunOutcome> {
    const alarm = setTimeout(() => this.interrupt({ kind: "timedOut", afterMs: timeoutMs }), timeoutMs);
    let giveUp: NodeJS.Timeout | undefined;
    const leftBehind = new Promise<never>((_resolve, reject) => {
      this.#interrupted = () => {
        giveUp = setTimeout(() => reject(new Error("the handler did not end")), this.#giveUpMs);
      };
    });
    try {
      const running = handler.run(context);
      return this.#ended(await Promise.race([running, leftBehind]));
    } catch (error) {
      const result = error instanceof RunError ? error.result : {};
      return this.#why === undefined ? failed(error, result) : this.#ended(result);
    } finally {
      clearTimeout(alarm);
      clearTimeout(giveUp);
      this.#interrupted = () => {};
    }
  }

  /** A run that was interrupted counts as interrupted, even if the program ended by itself after the signal. */
  #ended(ack: RunResult): RunOutcome {
    if (this.#why === undefined) return { kind: "succeeded", ack };
    if (this.#why.kind !== "timedOut") return { kind: "interrupted", ack, why: this.#why };
    return failed(errorOf(this.#why), ack);
  }
}

/** The error with which the handler's signal is aborted. */
function errorOf(why: Interruption): StewardError {
  switch (why.kind) {
    case "timedOut":
      return new StewardError("timedOut", `timed out after ${why.afterMs} ms`);
    case "cancelled":
      return new StewardError("cancelled", `cancelled by ${why.cancelled.by}`);
    case "cutOff":
    case "hurried":
      return new StewardError("cutOff", "the daemon was stopped and could not wait longer");
    case "abandoned":
    default:
      return new StewardError("interrupted", "the lane is started again");
  }
}

function failed(error: unknown, ack: RunResult): RunOutcome {
  const code = error instanceof RunError || error instanceof StewardError ? error.code : "handlerFailed";
  const message = messageOf(error).slice(0, 2000);
  const isTerminal = error instanceof TerminalError;
  const lacksRoom = error instanceof NotNowError || (!(error instanceof RunError) && isNotNow(error));
  return { kind: "failed", ack, error: { code, message, isTerminal, isNotNow: lacksRoom } };
}

import { setTimeout as delay } from "node:timers/promises";
import type { Link } from "../broker/write/journal.ts";
import { laneRuleFor } from "../config/node-config.ts";
import type { RunContext } from "../handlers/define.ts";
import { cancellation, isFinal, type Ack, type Cancelled, type FinalState } from "../protocol/ack.ts";
import { laneOf } from "../protocol/subjects.ts";
import { parseDuration } from "../util/duration.ts";
import type { Accepted } from "./accept.ts";
import { Attempt, type Interruption, type RunFailure, type RunOutcome } from "./attempt.ts";
import { ackOf, begunBefore, claim, timestamp, type Opened, type Place, type Runnable } from "./claim.ts";
import { mayEndOthers, replaced } from "./former-acks.ts";
import { LeftError } from "./left-error.ts";
import type { Parts } from "./parts.ts";
import { Shortage } from "./shortage.ts";
import type { Turn } from "./suspects.ts";
import type { Taken } from "./taken.ts";

/** How a message ended: its final ACK, to be stored behind the ACK at `after`; or the one that is stored already. */
export type Ending =
  | { readonly kind: "ended"; readonly final: Ack; readonly after: number }
  | { readonly kind: "over"; readonly end: Link };

/**
 * The process of one message, with that message's own ACKs and error state. It goes through `open` (check, and record the
 * start), `run` (with retries, as the error kernel says) and `close` (record the end). What a handler throws stays here.
 */
export class MessageProcess {
  readonly taken: Taken;
  readonly #payload: Uint8Array;
  readonly #parts: Parts;
  #why: Interruption | undefined;
  #interrupt: () => void = () => {};
  #attempt = 0;
  #startedAt = "";
  #isOver = false;
  #mayWaitForRoom = true;
  /** How often the daemon has ended in the middle of the message, and what it has for it as a suspect. */
  #ends = 0;
  #turn: Turn | undefined;
  readonly #shortage: Shortage;

  readonly #onInterrupt = (wake: () => void): void => {
    this.#interrupt = wake;
    if (this.#why !== undefined) wake();
  };

  constructor(taken: Taken, payload: Uint8Array, parts: Parts) {
    this.taken = taken;
    this.#payload = payload;
    this.#parts = parts;
    this.#shortage = new Shortage(laneOf(taken.address), parts.troubles);
  }

  /** The run that is under way: which attempt, and since when; empty before the first. */
  get progress(): { readonly attempt: number; readonly startedAt: string } {
    return { attempt: this.#attempt, startedAt: this.#startedAt };
  }

  /** Takes the message back. False when its end is decided already. */
  cancel(by: string): boolean {
    const was: Cancelled["was"] = this.#attempt > 0 ? "running" : "queued";
    return this.interrupt({ kind: "cancelled", cancelled: { by, at: timestamp(), was } });
  }

  /** Ends what runs, and whatever would come after it; the first reason counts. False when the end is decided already. */
  interrupt(why: Interruption): boolean {
    if (this.#isOver || this.#why !== undefined) return this.#why?.kind === why.kind;
    this.#why = why;
    this.#interrupt();
    return true;
  }

  /** The lane stops: leaves the message to a later process if it waits for room, now or later. */
  leaveIfWaiting(): void {
    this.#mayWaitForRoom = false;
    if (this.#shortage.isWaiting) this.interrupt({ kind: "abandoned" });
  }

  /** Finds out whether the message may run, and records its start. Rejects when it is left before that. */
  async open(): Promise<Opened> {
    const isLeft = (): boolean => this.#why !== undefined && this.#why.kind !== "cancelled";
    return claim(this.taken, this.#payload, this.#parts, { onInterrupt: this.#onInterrupt, isLeft });
  }

  /**
   * Runs what was opened until it ends. Rejects only when the message is left to a later process of it.
   */
  async run(opened: Opened): Promise<Ending> {
    if (opened.kind === "over") return opened;
    if (opened.kind === "decided") {
      const { state, ack, after } = opened;
      return this.#end(state, { attempt: ack.attempt ?? 0, after }, { ...ack, finishedAt: timestamp() });
    }
    [this.#turn, this.#ends] = [opened.turn, opened.ends];
    return this.#runAll(opened).catch((error: unknown) => {
      this.#turn?.end();
      this.#shortage.end();
      throw error;
    });
  }

  /** One run after the other, until the message ends. */
  async #runAll(opened: Runnable): Promise<Ending> {
    const { message } = opened.accepted;
    for (let { at } = opened; ;) {
      if (this.#why !== undefined) return this.#interrupted(this.#why, opened, at);
      this.#attempt = at.attempt;
      this.#startedAt = timestamp();
      const begun = performance.now();
      const alone = this.#turn?.beforeOthers(() => this.#notAlone(at));
      const outcome = await this.#runOnce(opened.accepted);
      const written = await alone?.();
      if (written !== undefined) at = { ...at, after: written.sequence };
      if (outcome.kind === "failed" && this.#shortage.met(message, outcome.error)) {
        if (!this.#mayWaitForRoom) this.interrupt({ kind: "abandoned" });
        await this.#shortage.wait((ms) => this.#wait(ms));
        if (this.#why === undefined) await this.#parts.children.endLeftovers(this.taken);
        continue;
      }
      this.#shortage.end();
      const durationMs = Math.round(performance.now() - begun);
      const ended = { startedAt: this.#startedAt, finishedAt: timestamp(), durationMs, ...outcome.ack };
      if (outcome.kind === "succeeded") return this.#end("succeeded", at, { ...ended, message });
      if (outcome.kind === "interrupted") return this.#interrupted(outcome.why, opened, at, ended);
      const next = await this.#afterFailure(outcome.error, opened, at, ended);
      if ("kind" in next) return next;
      at = next;
    }
  }

  /** Records that others run beside the message from now on. */
  async #notAlone({ attempt, after }: Place): Promise<Link> {
    return this.#append(this.#ack("started", attempt, { startedAt: this.#startedAt, alone: false }), after);
  }

  /** Does what the error kernel says about a failed run: waits for the next attempt, or ends the message. */
  async #afterFailure(error: RunFailure, opened: Runnable, at: Place, run: Partial<Ack>): Promise<Place | Ending> {
    const { message } = opened.accepted;
    const { code, message: text } = error;
    // Of a run that was ended; what one that ended by itself left running, it left on purpose.
    if (code === "timedOut") await this.#parts.children.endLeftovers(this.taken);
    if (this.#why !== undefined) return this.#interrupted(this.#why, opened, at, run);
    const failed = { ...run, error: { code, message: text } };
    const verdict = this.#parts.kernel.judgeRun({ message, attempt: at.attempt, error });
    if (verdict.kind === "record") return this.#end("failed", at, { ...failed, message });
    const retrying = await this.#append(this.#ack("retrying", at.attempt, failed), at.after);
    if (isFinal(retrying.ack)) return { kind: "over", end: retrying };
    this.#turn?.end();
    await this.#wait(verdict.afterMs);
    if (this.#why !== undefined) return { ...at, after: retrying.sequence };
    await this.#parts.children.endLeftovers(this.taken);
    const next = { attempt: at.attempt + 1, after: retrying.sequence, wasCutOff: false };
    if (message.messageType === "event") return next;
    const started = await this.#append(this.#ack("started", next.attempt, { startedAt: timestamp() }), next.after);
    return isFinal(started.ack) ? { kind: "over", end: started } : { ...next, after: started.sequence };
  }

  /** Stores the final ACK. Resolves to the final ACK that stands, which is another's when that one came first. */
  async close(ending: Ending): Promise<Link> {
    const closing = ending.kind === "over" ? Promise.resolve(ending.end) : this.#append(ending.final, ending.after);
    return this.#turn === undefined ? closing : closing.finally(this.#turn.end);
  }

  /** Runs the handler once. */
  async #runOnce({ handler, message, data }: Accepted): Promise<RunOutcome> {
    const { settings, children, liveOutput } = this.#parts;
    const { taken } = this;
    const rule = laneRuleFor(settings.config(), laneOf(taken.address));
    const timeout = parseDuration(message.timeout ?? "") ?? rule?.timeout ?? handler.timeout ?? settings.timeout;
    const attempt = new Attempt(settings.killGrace);
    this.#interrupt = () => {
      if (this.#why !== undefined) attempt.interrupt(this.#why);
    };
    const output = liveOutput.begin(taken.address, this.#attempt);
    // Made when they are asked for: most handlers start no child and look at no signal.
    const context: RunContext = {
      message,
      data,
      dataDir: settings.dataDir,
      output,
      get signal() {
        return attempt.openSignal();
      },
      get env() {
        return children.environmentFor(taken);
      },
    };
    const outcome = await attempt.run(handler, context, timeout);
    output.end(outcome.kind !== "interrupted");
    return outcome;
  }

  /** Waits before the next run, or until the message is interrupted. */
  async #wait(ms: number): Promise<void> {
    await this.#parts.suspects.rest(this.#pause(ms), this.#onInterrupt);
  }

  async #pause(ms: number): Promise<void> {
    const enough = new AbortController();
    this.#interrupt = () => enough.abort();
    if (this.#why !== undefined) return;
    await delay(ms, undefined, { signal: enough.signal }).catch(() => undefined);
  }

  /** Ends or leaves a message that was interrupted: in the middle of a run, which brought this, or before one. */
  async #interrupted(
    why: Interruption,
    { accepted, isClaimed }: Runnable,
    at: Place,
    run?: Partial<Ack>,
  ): Promise<Ending> {
    const { message } = accepted;
    this.#shortage.end();
    // Before anybody goes on with it, who might take this daemon for alive and what it left for no ghosts.
    if (this.#attempt > 0) await this.#parts.children.endLeftovers(this.taken);
    const ended = { finishedAt: timestamp(), ...run };
    if (why.kind === "cancelled") {
      return this.#end("cancelled", at, { ...ended, ...cancellation(why.cancelled), message });
    }
    const isStopped = why.kind === "cutOff" || why.kind === "hurried";
    const isRepeated = why.kind === "cutOff" && at.wasCutOff && run !== undefined;
    if (isStopped && (message.delivery === "atMostOnce" || isRepeated)) {
      const again = at.wasCutOff ? " once more; if it stops the daemon itself, it must not wait for that" : "";
      const error = { code: "cutOff", message: `the daemon was stopped while this ran${again}` };
      return this.#end("interrupted", at, { ...ended, error, message });
    }
    if (isStopped && run !== undefined && isClaimed) {
      // A person who is in a hurry says nothing about the message: that does not count as a cut.
      const code = why.kind === "cutOff" || at.wasCutOff ? "cutOff" : "interrupted";
      const error = { code, message: "the daemon was stopped while this ran; it runs again" };
      await this.#append(this.#ack("retrying", at.attempt, { ...ended, error }), at.after);
    }
    throw new LeftError();
  }

  #end(state: FinalState, { attempt, after }: Omit<Place, "wasCutOff">, rest: Partial<Ack>): Ending {
    this.#isOver = true;
    return { kind: "ended", final: this.#ack(state, attempt, rest), after };
  }

  /**
   * Stores an ACK behind the one at `after`, or, where this process has written none yet, behind what former lives left.
   * Resolves to the link that stands: this ACK, or the final one that came first.
   */
  async #append(wanted: Ack, after: number): Promise<Link> {
    for (let [ack, last] = [wanted, after]; ;) {
      if (this.#why?.kind === "abandoned") throw new LeftError();
      const written = await this.#parts.journal.write(this.taken.address, ack, last, this.#payload);
      if (written.kind === "stored") return { ack, sequence: written.sequence };
      const { link } = written;
      if (isFinal(link.ack) && (after === 0 || mayEndOthers(link.ack))) return link;
      if (after !== 0) throw link.ack.instance === this.#parts.instance ? new LeftError() : replaced(link.ack);
      last = link.sequence;
      if (ack.attempt === 0) ack = begunBefore(ack, link.ack);
    }
  }

  #ack(state: Ack["state"], attempt: number, rest: Partial<Ack>): Ack {
    const marked = this.#ends > 0 && !isFinal({ state }) ? { ends: this.#ends, ...rest } : rest;
    return ackOf(this.taken, this.#parts.instance, state, attempt, marked);
  }
}

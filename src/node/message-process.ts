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

/**
 * The end of a message. `ended`: the final ACK must still be stored, after the ACK at `after`. `over`: a final ACK is
 * stored already.
 */
export type Ending =
  | { readonly kind: "ended"; readonly final: Ack; readonly after: number }
  | { readonly kind: "over"; readonly end: Link };

/**
 * The process of one message, with the ACKs and the error state of that message. `open` checks the message and records
 * its start. `run` runs the message, with the retries that the error kernel allows. `close` records the end. An error
 * of a handler never breaks the lane.
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
  /**
   * The number of ends of the daemon while this message ran. `#turn` is the turn of the message, if the message is a
   * suspect.
   */
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

  /** The attempt and the start time of the current run. The attempt is 0 and the time is empty before the first run. */
  get progress(): { readonly attempt: number; readonly startedAt: string } {
    return { attempt: this.#attempt, startedAt: this.#startedAt };
  }

  /** Cancels the message. False if the end of the message is decided already. */
  cancel(by: string): boolean {
    const was: Cancelled["was"] = this.#attempt > 0 ? "running" : "queued";
    return this.interrupt({ kind: "cancelled", cancelled: { by, at: timestamp(), was } });
  }

  /**
   * Ends the run. This process begins no further run. If it is called more than once, the first reason counts. True if
   * the run ends for a reason of this kind.
   */
  interrupt(why: Interruption): boolean {
    if (this.#isOver || this.#why !== undefined) return this.#why?.kind === why.kind;
    this.#why = why;
    this.#interrupt();
    return true;
  }

  /**
   * Called when the lane stops. If the message waits for memory, processes or disk space, or would have to wait later,
   * it is left to a later process.
   */
  leaveIfWaiting(): void {
    this.#mayWaitForRoom = false;
    if (this.#shortage.isWaiting) this.interrupt({ kind: "abandoned" });
  }

  /**
   * Checks if the message may run, and records its start. Rejects if the message is left to a later process before the
   * start is recorded.
   */
  async open(): Promise<Opened> {
    const isLeft = (): boolean => this.#why !== undefined && this.#why.kind !== "cancelled";
    return claim(this.taken, this.#payload, this.#parts, { onInterrupt: this.#onInterrupt, isLeft });
  }

  /** Runs an opened message until it ends. Rejects only if the message is left to a later process. */
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

  /** Runs the handler again and again, until the message ends. */
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
      if (outcome.kind === "failed" && this.#shortage.shouldWait(message, outcome.error)) {
        if (!this.#mayWaitForRoom) this.interrupt({ kind: "abandoned" });
        this.#endTurn();
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

  /** Records that other messages run beside this message from now on. */
  async #notAlone({ attempt, after }: Place): Promise<Link> {
    return this.#append(this.#ack("started", attempt, { startedAt: this.#startedAt, alone: false }), after);
  }

  /** Asks the error kernel for the verdict on a failed run. Waits for the next attempt, or ends the message. */
  async #afterFailure(error: RunFailure, opened: Runnable, at: Place, run: Partial<Ack>): Promise<Place | Ending> {
    const { message } = opened.accepted;
    const { code, message: text } = error;
    // Ends the processes only after a timeout. Processes that a run left are kept if the run ended by itself.
    if (code === "timedOut") await this.#parts.children.endLeftovers(this.taken);
    if (this.#why !== undefined) return this.#interrupted(this.#why, opened, at, run);
    const failed = { ...run, error: { code, message: text } };
    const verdict = this.#parts.kernel.judgeRun({ message, attempt: at.attempt, error });
    if (verdict.kind === "record") return this.#end("failed", at, { ...failed, message });
    const retrying = await this.#append(this.#ack("retrying", at.attempt, failed), at.after);
    if (isFinal(retrying.ack)) return { kind: "over", end: retrying };
    this.#endTurn();
    await this.#wait(verdict.afterMs);
    if (this.#why !== undefined) return { ...at, after: retrying.sequence };
    await this.#parts.children.endLeftovers(this.taken);
    const next = { attempt: at.attempt + 1, after: retrying.sequence, wasCutOff: false };
    if (message.messageType === "event") return next;
    const started = await this.#append(this.#ack("started", next.attempt, { startedAt: timestamp() }), next.after);
    return isFinal(started.ack) ? { kind: "over", end: started } : { ...next, after: started.sequence };
  }

  /**
   * Stores the final ACK. Resolves to the final ACK in the journal, which is another one if another one was stored
   * first.
   */
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
    // `signal` and `env` are made on request, because most handlers start no process and use no signal.
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

  /** Ends the turn, so that other messages may begin again. */
  #endTurn(): void {
    this.#turn?.end();
    this.#turn = undefined;
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

  /**
   * Ends or leaves a message that was interrupted. `run` is the result of the interrupted run. Before a run, `run` is
   * undefined.
   */
  async #interrupted(
    why: Interruption,
    { accepted, isClaimed }: Runnable,
    at: Place,
    run?: Partial<Ack>,
  ): Promise<Ending> {
    const { message } = accepted;
    this.#shortage.end();
    // The processes that the run left must end before the message is left. A later daemon may believe that this daemon
    // is alive, and would then not end them.
    if (this.#attempt > 0) await this.#parts.children.endLeftovers(this.taken);
    const ended = { finishedAt: timestamp(), ...run };
    if (why.kind === "cancelled") {
      return this.#end("cancelled", at, { ...ended, ...cancellation(why.cancelled), message });
    }
    const isStopped = why.kind === "cutOff" || why.kind === "hurried";
    const isRepeated = why.kind === "cutOff" && at.wasCutOff && run !== undefined;
    if (isStopped && (message.delivery === "atMostOnce" || isRepeated)) {
      const again = at.wasCutOff ? " once more; a command that stops its own daemon must not wait for the stop" : "";
      const error = { code: "cutOff", message: `the daemon was stopped while this ran${again}` };
      return this.#end("interrupted", at, { ...ended, error, message });
    }
    if (isStopped && run !== undefined && isClaimed) {
      // A second signal comes from an impatient person, and says nothing about the message. So a run that ends by it
      // does not count as cut off.
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
   * Stores an ACK after the ACK at `after`. If this process has written no ACK so far, stores the ACK after the ACKs of
   * earlier daemons. Resolves to the ACK that is in the journal: this ACK, or a final ACK that was stored first.
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

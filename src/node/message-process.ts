import { setTimeout as delay } from "node:timers/promises";
import type { Link } from "../broker/write/journal.ts";
import { laneRuleFor } from "../config/node-config.ts";
import type { RunContext } from "../handlers/define.ts";
import { cancellation, isFinal, type Ack, type Cancelled, type FinalState } from "../protocol/ack.ts";
import { laneOf } from "../protocol/subjects.ts";
import { parseDuration } from "../util/duration.ts";
import type { Accepted } from "./accept.ts";
import { Attempt, type Interruption, type Outcome } from "./attempt.ts";
import { ackOf, begunBefore, claim, timestamp, type ClaimEnvironment, type Opened, type Runnable } from "./claim.ts";
import { mayEndOthers, replaced } from "./former-acks.ts";
import type { Held } from "./held.ts";
import type { Kernel } from "./kernel.ts";
import { LeftError } from "./left-error.ts";
import type { LiveOutput } from "./live-output.ts";
import type { NodeSettings } from "./settings.ts";
import { Shortage, type ShortageEnvironment } from "./shortage.ts";
import type { Turn } from "./suspects.ts";

/** What all processes of a daemon share. */
export interface ProcessEnvironment extends ClaimEnvironment, ShortageEnvironment {
  readonly settings: NodeSettings;
  readonly kernel: Kernel;
  readonly childEnv: (held: Held) => NodeJS.ProcessEnv;
  readonly liveOutput: Pick<LiveOutput, "begin">;
  /** Ends what former runs of the message left behind on this host. */
  readonly endLeftovers: (held: Held) => Promise<void>;
}

/** How a message ended: its final ACK, to be stored behind the ACK at `after`; or the one that is stored already. */
export type Ending =
  | { readonly kind: "ended"; readonly final: Ack; readonly after: number }
  | { readonly kind: "over"; readonly end: Link };

/**
 * The process of one message, with that message's own ACKs and error state. It goes through `open` (check, and record the
 * start), `run` (with retries, as the error kernel says) and `close` (record the end). What a handler throws stays here.
 */
export class MessageProcess {
  readonly held: Held;
  readonly #payload: Uint8Array;
  readonly #env: ProcessEnvironment;
  #why: Interruption | undefined;
  #interrupt: () => void = () => {};
  #attempt = 0;
  #startedAt = "";
  #isOver = false;
  /** How often the daemon has ended in the middle of the message, and what it has for it as a suspect. */
  #ends = 0;
  #turn: Turn | undefined;
  readonly #shortage: Shortage;

  constructor(held: Held, payload: Uint8Array, env: ProcessEnvironment) {
    this.held = held;
    this.#payload = payload;
    this.#env = env;
    this.#shortage = new Shortage(laneOf(held.address), env);
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

  /** Leaves the message to a later process if it waits for room. */
  leaveIfWaiting(): void {
    if (this.#shortage.isWaiting) this.interrupt({ kind: "abandoned" });
  }

  /** Finds out whether the message may run, and records its start. Rejects when it is left before that. */
  async open(): Promise<Opened> {
    const isLeft = (): boolean => this.#why !== undefined && this.#why.kind !== "cancelled";
    const onInterrupt = (wake: () => void): void => {
      this.#interrupt = wake;
      if (this.#why !== undefined) wake();
    };
    return claim(this.held, this.#payload, this.#env, { onInterrupt, isLeft });
  }

  /**
   * Runs what was opened until it ends. Rejects only when the message is left to a later process of it.
   */
  async run(opened: Opened): Promise<Ending> {
    if (opened.kind === "over") return opened;
    if (opened.kind === "decided") {
      const { state, ack, after } = opened;
      return this.#end(state, ack.attempt ?? 0, after, { ...ack, finishedAt: timestamp() });
    }
    [this.#turn, this.#ends] = [opened.turn, opened.ends];
    return this.#runAll(opened).catch((error: unknown) => {
      this.#turn?.end();
      this.#shortage.end();
      throw error;
    });
  }

  async #runAll(opened: Runnable): Promise<Ending> {
    const { message } = opened.accepted;
    for (let { attempt, after, wasCutOff } = opened; ;) {
      if (this.#why !== undefined) return this.#interrupted(this.#why, { ...opened, attempt, after, wasCutOff });
      this.#attempt = attempt;
      this.#startedAt = timestamp();
      const begun = performance.now();
      const [behind, stillRuns] = [after, { startedAt: this.#startedAt, alone: false }];
      const alone = this.#turn?.beforeOthers(() => this.#append(this.#ack("started", attempt, stillRuns), behind));
      const outcome = await this.#runOnce(opened.accepted);
      after = (await alone?.())?.sequence ?? after;
      if (outcome.kind === "failed" && this.#shortage.met(message, outcome.error)) {
        await this.#shortage.wait((ms) => this.#wait(ms));
        if (this.#why === undefined) await this.#env.endLeftovers(this.held);
        continue;
      }
      this.#shortage.end();
      const durationMs = Math.round(performance.now() - begun);
      const ended = { startedAt: this.#startedAt, finishedAt: timestamp(), durationMs, ...outcome.ack };
      if (outcome.kind === "succeeded") return this.#end("succeeded", attempt, after, { ...ended, message });
      const at = { ...opened, attempt, after, wasCutOff };
      if (outcome.kind === "interrupted") return this.#interrupted(outcome.why, at, ended);
      const { code, message: text } = outcome.error;
      // Of a run that was ended; what one that ended by itself left running, it left on purpose.
      if (code === "timedOut") await this.#env.endLeftovers(this.held);
      if (this.#why !== undefined) return this.#interrupted(this.#why, at, ended);
      const failed = { ...ended, error: { code, message: text } };
      const verdict = this.#env.kernel.judgeRun({ message, attempt, error: outcome.error });
      if (verdict.kind === "record") return this.#end("failed", attempt, after, { ...failed, message });
      const retrying = await this.#append(this.#ack("retrying", attempt, failed), after);
      if (isFinal(retrying.ack)) return { kind: "over", end: retrying };
      after = retrying.sequence;
      this.#turn?.end();
      await this.#wait(verdict.afterMs);
      if (this.#why !== undefined) continue;
      await this.#env.endLeftovers(this.held);
      attempt += 1;
      wasCutOff = false;
      if (message.messageType === "event") continue;
      const started = await this.#append(this.#ack("started", attempt, { startedAt: timestamp() }), after);
      if (isFinal(started.ack)) return { kind: "over", end: started };
      after = started.sequence;
    }
  }

  /** Stores the final ACK. Resolves to the final ACK that stands, which is another's when that one came first. */
  async close(ending: Ending): Promise<Link> {
    const closing = ending.kind === "over" ? Promise.resolve(ending.end) : this.#append(ending.final, ending.after);
    return this.#turn === undefined ? closing : closing.finally(this.#turn.end);
  }

  /** Runs the handler once. */
  async #runOnce({ handler, message, data }: Accepted): Promise<Outcome> {
    const [{ settings, childEnv }, held] = [this.#env, this.held];
    const rule = laneRuleFor(settings.config(), laneOf(held.address));
    const timeout = parseDuration(message.timeout ?? "") ?? rule?.timeout ?? handler.timeout ?? settings.timeout;
    const attempt = new Attempt(settings.killGrace);
    this.#interrupt = () => {
      if (this.#why !== undefined) attempt.interrupt(this.#why);
    };
    const output = this.#env.liveOutput.begin(held.address, this.#attempt);
    // Made when they are asked for: most handlers start no child and look at no signal.
    const context: RunContext = {
      message,
      data,
      dataDir: settings.dataDir,
      output,
      get signal() {
        return attempt.signal;
      },
      get env() {
        return childEnv(held);
      },
    };
    const outcome = await attempt.run(handler, context, timeout);
    output.end(outcome.kind !== "interrupted");
    return outcome;
  }

  /** Waits before the next attempt, or until the message is interrupted. */
  async #wait(ms: number): Promise<void> {
    const enough = new AbortController();
    this.#interrupt = () => enough.abort();
    if (this.#why !== undefined) return;
    await delay(ms, undefined, { signal: enough.signal }).catch(() => undefined);
  }

  /** What becomes of a message that was interrupted: in a run, which brought this, or before one. */
  async #interrupted(
    why: Interruption,
    { accepted, attempt, after, wasCutOff, isClaimed }: Runnable,
    run?: Partial<Ack>,
  ): Promise<Ending> {
    const { message } = accepted;
    this.#shortage.end();
    // Before anybody goes on with it, who might take this daemon for alive and what it left for no ghosts.
    if (this.#attempt > 0) await this.#env.endLeftovers(this.held);
    const ended = { finishedAt: timestamp(), ...run };
    if (why.kind === "cancelled") {
      return this.#end("cancelled", attempt, after, { ...ended, ...cancellation(why.cancelled), message });
    }
    if (why.kind === "cutOff" && (message.delivery === "atMostOnce" || (wasCutOff && run !== undefined))) {
      const again = wasCutOff ? " once more; if it stops the daemon itself, it must not wait for that" : "";
      const error = { code: "cutOff", message: `the daemon was stopped while this ran${again}` };
      return this.#end("interrupted", attempt, after, { ...ended, error, message });
    }
    if (why.kind === "cutOff" && run !== undefined && isClaimed) {
      const error = { code: "cutOff", message: "the daemon was stopped while this ran; it runs again" };
      await this.#append(this.#ack("retrying", attempt, { ...ended, error }), after);
    }
    throw new LeftError();
  }

  #end(state: FinalState, attempt: number, after: number, rest: Partial<Ack>): Ending {
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
      const written = await this.#env.journal.write(this.held.address, ack, last, this.#payload);
      if (written.kind === "stored") return { ack, sequence: written.sequence };
      const { link } = written;
      if (isFinal(link.ack) && (after === 0 || mayEndOthers(link.ack))) return link;
      if (after !== 0) throw link.ack.instance === this.#env.instance ? new LeftError() : replaced(link.ack);
      last = link.sequence;
      if (ack.attempt === 0) ack = begunBefore(ack, link.ack);
    }
  }

  #ack(state: Ack["state"], attempt: number, rest: Partial<Ack>): Ack {
    const marked = this.#ends > 0 && !isFinal({ state }) ? { ends: this.#ends, ...rest } : rest;
    return ackOf(this.held, this.#env.instance, state, attempt, marked);
  }
}

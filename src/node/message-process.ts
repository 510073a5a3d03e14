import { setTimeout as delay } from "node:timers/promises";
import type { Journal, Link } from "../broker/journal.ts";
import { RunError, type RunContext, type RunResult } from "../handlers/define.ts";
import type { Registry } from "../handlers/registry.ts";
import { isFinal, type Ack, type FinalState } from "../protocol/ack.ts";
import { parseDuration } from "../protocol/duration.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { accept, type Accepted } from "./accept.ts";
import type { Held } from "./held.ts";
import { judge } from "./kernel.ts";
import type { NodeSettings } from "./settings.ts";

/** What all processes of a daemon share. */
export interface ProcessEnvironment {
  readonly settings: NodeSettings;
  /** This life of the daemon: random at each start. */
  readonly instance: string;
  readonly journal: Journal;
  readonly registry: Registry;
  /** The broker's clock, in milliseconds since 1970. */
  readonly brokerNow: () => number;
  /** How long the journal keeps ACKs, in milliseconds. */
  readonly journalKeeps: () => number;
  readonly childEnv: (held: Held) => NodeJS.ProcessEnv;
  /** Aborted when the daemon must end without waiting for what runs. */
  readonly shutdown: AbortSignal;
}

const hour = 3_600_000;

/** What `open` found out. */
export type Opened =
  /** The message may run: as this attempt, its next ACK behind the one at `after`. */
  | { readonly kind: "run"; readonly accepted: Accepted; readonly attempt: number; readonly after: number }
  /** The message ends without running. */
  | { readonly kind: "decided"; readonly state: FinalState; readonly ack: Partial<Ack>; readonly after: number }
  /** The message has ended before: this is a copy, or its acknowledgement was lost. */
  | { readonly kind: "over"; readonly final: Ack };

/** How a message ended: its final ACK, to be stored behind the ACK at `after` unless it is stored already. */
export interface Ending {
  readonly final: Ack;
  readonly after: number;
  readonly stored: boolean;
}

/**
 * The process of one message: the isolated unit of work that keeps that message's own ACKs and error state. It goes
 * through `open` (check, and record the start), `run` (with retries, as the error kernel says) and `close` (record the
 * end). Nothing that a handler throws leaves it.
 */
export class MessageProcess {
  readonly held: Held;
  readonly #payload: Uint8Array;
  readonly #env: ProcessEnvironment;

  constructor(held: Held, payload: Uint8Array, env: ProcessEnvironment) {
    this.held = held;
    this.#payload = payload;
    this.#env = env;
  }

  /** Checks the message and claims it in the journal, so that nobody else runs it. */
  async open(): Promise<Opened> {
    const { held } = this;
    const accepted = await accept(held, this.#payload, this.#env.registry);
    if (accepted.kind === "refused") return { kind: "decided", state: "rejected", ack: accepted.ack, after: 0 };
    const { message } = accepted;
    const late = this.#tooLate(accepted);
    if (late !== undefined) return { kind: "decided", ...late, after: 0 };
    // An event has no `started`: it is enough to look whether it has ended.
    if (message.messageType === "event" && message.delivery !== "atMostOnce") {
      const last = await this.#env.journal.last(held.address);
      if (last !== undefined && isFinal(last.ack)) return { kind: "over", final: last.ack };
      return { kind: "run", accepted, attempt: (last?.ack.attempt ?? 0) + 1, after: last?.sequence ?? 0 };
    }
    return this.#start(accepted, undefined);
  }

  /** Writes `started` behind the last ACK, or finds that the message has ended or may not run again. */
  async #start(accepted: Accepted, last: Link | undefined): Promise<Opened> {
    const attempt = (last?.ack.attempt ?? 0) + 1;
    const started = this.#ack("started", attempt, { startedAt: this.#time() });
    const written = await this.#env.journal.write(this.held.address, started, last?.sequence ?? 0);
    if (written.kind === "stored") return { kind: "run", accepted, attempt, after: written.sequence };
    const { ack, sequence } = written.link;
    if (isFinal(ack)) return { kind: "over", final: ack };
    if (accepted.message.delivery !== "atMostOnce") return this.#start(accepted, written.link);
    const error = { code: "interrupted", message: "the daemon ended while this ran, and it may run at most once" };
    const { message } = accepted;
    return { kind: "decided", state: "interrupted", ack: { error, message, attempt: ack.attempt }, after: sequence };
  }

  /** Runs what was opened until it ends. Rejects only when the daemon shuts down, or its journal says it was replaced. */
  async run(opened: Opened): Promise<Ending> {
    if (opened.kind === "over") return over(opened.final);
    if (opened.kind === "decided") {
      const { state, ack, after } = opened;
      return { final: this.#ack(state, ack.attempt ?? 0, { ...ack, finishedAt: this.#time() }), after, stored: false };
    }
    const { accepted } = opened;
    const { message } = accepted;
    for (let { attempt, after } = opened; ;) {
      const begun = Date.now();
      const startedAt = this.#time();
      const outcome = await this.#attempt(accepted);
      const ended = { startedAt, finishedAt: this.#time(), durationMs: Date.now() - begun, ...outcome.ack };
      if (outcome.kind === "succeeded") {
        return { final: this.#ack("succeeded", attempt, { ...ended, message }), after, stored: false };
      }
      const verdict = judge({ message, attempt, error: outcome.error }, this.#env.settings);
      if (verdict.kind === "continue") {
        return { final: this.#ack("failed", attempt, { ...ended, message }), after, stored: false };
      }
      const retrying = await this.#append(this.#ack("retrying", attempt, ended), after);
      if (isFinal(retrying.ack)) return over(retrying.ack);
      await delay(verdict.afterMs, undefined, { signal: this.#env.shutdown });
      attempt += 1;
      after = retrying.sequence;
      if (message.messageType === "event") continue;
      const started = await this.#append(this.#ack("started", attempt, { startedAt: this.#time() }), after);
      if (isFinal(started.ack)) return over(started.ack);
      after = started.sequence;
    }
  }

  /** Stores the final ACK. Resolves to the final ACK that stands, which is another's when that one came first. */
  async close({ final, after, stored }: Ending): Promise<Ack> {
    return stored ? final : (await this.#append(final, after)).ack;
  }

  /**
   * Stores an ACK behind the one at `after`, or, where this process has written none yet, behind what former lives left.
   * Resolves to the link that stands: this ACK, or the final one that came first.
   */
  async #append(wanted: Ack, after: number): Promise<Link> {
    for (let [ack, last] = [wanted, after]; ;) {
      const written = await this.#env.journal.write(this.held.address, ack, last);
      if (written.kind === "stored") return { ack, sequence: written.sequence };
      const { link } = written;
      if (isFinal(link.ack) && (after === 0 || link.ack.state === "cancelled")) return link;
      if (after !== 0) throw replaced(link.ack);
      last = link.sequence;
      if (ack.attempt === 0) ack = begunBefore(ack, link.ack);
    }
  }

  async #attempt({ handler, message, data }: Accepted): Promise<Outcome> {
    const { settings, shutdown } = this.#env;
    const timeout = parseDuration(message.timeout ?? "") ?? handler.timeout ?? settings.timeout;
    shutdown.throwIfAborted();
    // One signal for both reasons, by hand: AbortSignal.any costs 16 µs and leaves 60 bytes with a signal that stays.
    const stop = new AbortController();
    let late = false;
    const onTimeout = (): void => {
      late = true;
      stop.abort();
    };
    const onShutdown = (): void => stop.abort(shutdown.reason);
    const alarm = setTimeout(onTimeout, timeout);
    shutdown.addEventListener("abort", onShutdown);
    const context: RunContext = {
      message,
      data,
      signal: stop.signal,
      env: this.#env.childEnv(this.held),
      dataDir: settings.dataDir,
    };
    try {
      const ack = await handler.run(context);
      // A program that ends by itself at the signal has run out of time all the same.
      return late ? timedOut(timeout, ack) : { kind: "succeeded", ack };
    } catch (error) {
      shutdown.throwIfAborted();
      const result = error instanceof RunError ? error.result : {};
      if (late) return timedOut(timeout, result);
      return failed(error, result);
    } finally {
      clearTimeout(alarm);
      shutdown.removeEventListener("abort", onShutdown);
    }
  }

  #tooLate({ message }: Accepted): { state: FinalState; ack: Partial<Ack> } | undefined {
    const age = this.#env.brokerNow() - this.held.storedAt;
    const expires = parseDuration(message.expires ?? "");
    if (expires !== undefined && age > expires) {
      const error = { code: "expired", message: `not started within ${message.expires} of being stored` };
      return { state: "expired", ack: { error, message } };
    }
    // Beyond what the journal keeps nobody can say any more whether it ran.
    if (message.delivery === "atMostOnce" && age > this.#env.journalKeeps() - hour) {
      const error = { code: "tooOldToProve", message: "the journal does not reach back to when this was stored" };
      return { state: "interrupted", ack: { error, message } };
    }
    return undefined;
  }

  #ack(state: Ack["state"], attempt: number, rest: Partial<Ack>): Ack {
    return { ...this.held.address, state, attempt, instance: this.#env.instance, ...rest };
  }

  #time(): string {
    return new Date().toISOString();
  }
}

type Outcome =
  | { readonly kind: "succeeded"; readonly ack: RunResult }
  | { readonly kind: "failed"; readonly ack: RunResult & Pick<Ack, "error">; readonly error: unknown };

function failed(error: unknown, result: RunResult): Outcome {
  const known = error instanceof RunError || error instanceof StewardError;
  const reason = { code: known ? error.code : "handlerFailed", message: messageOf(error).slice(0, 2000) };
  return { kind: "failed", ack: { ...result, error: reason }, error };
}

function timedOut(timeoutMs: number, result: RunResult): Outcome {
  const error = new RunError("timedOut", `did not end within ${timeoutMs} ms and was ended`);
  return failed(error, result);
}

function over(final: Ack): Ending {
  return { final, after: 0, stored: true };
}

/** A final ACK without a run, for a message that has begun all the same: then it did not expire, it was interrupted. */
function begunBefore(final: Ack, { attempt }: Ack): Ack {
  if (final.state !== "expired") return { ...final, attempt };
  const error = { code: "interrupted", message: "the daemon ended while this ran, and it has expired since" };
  return { ...final, state: "interrupted", attempt, error };
}

function replaced(ack: Ack): StewardError {
  return new StewardError("replaced", `the journal of ${ack.id} was continued by the daemon instance ${ack.instance}`);
}

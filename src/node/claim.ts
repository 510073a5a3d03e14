import type { Link } from "../broker/write/journal.ts";
import { isFinal, type Ack, type FinalState } from "../protocol/ack.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import { noTimeMs } from "../protocol/message.ts";
import { laneOf } from "../protocol/subjects.ts";
import { parseDuration } from "../util/duration.ts";
import { accept, type Accepted } from "./accept.ts";
import { LeftError } from "./left-error.ts";
import type { Parts } from "./parts.ts";
import type { OnInterrupt, Turn } from "./suspects.ts";
import type { Taken } from "./taken.ts";

/** The position of a message in the chain of its ACKs. */
export interface Place {
  readonly attempt: number;
  /** The sequence of the last ACK. 0 if there is no ACK. */
  readonly after: number;
  /** True if the previous run was cut off. A run that a second signal ended does not count as cut off. */
  readonly wasCutOff: boolean;
}

/** The result of `claim`. */
export type Opened =
  /** The message may run, as this attempt. */
  | {
      readonly kind: "run";
      readonly accepted: Accepted;
      readonly at: Place;
      /**
       * True if another run of the message does no harm. In that case the next message need not wait until the end of
       * this message is recorded.
       */
      readonly mayRepeat: boolean;
      /** True if the start of the message is recorded. */
      readonly isClaimed: boolean;
      /** How often the daemon ended while this message ran, not counting orderly stops. */
      readonly ends: number;
      /** The turn of the message, if the message is a suspect. See `Suspects`. */
      readonly turn: Turn | undefined;
    }
  /** The message ends without a run. */
  | { readonly kind: "decided"; readonly state: FinalState; readonly ack: Partial<Ack>; readonly after: number }
  /**
   * The message has ended already: this delivery is a copy, or an earlier daemon could not remove the message from the
   * queue.
   */
  | { readonly kind: "over"; readonly end: Link };

/** A message that may run. */
export type Runnable = Extract<Opened, { kind: "run" }>;

/** Lets a claim notice that the message's process is interrupted. */
export interface Interruptible {
  readonly onInterrupt: OnInterrupt;
  /** True if the message is left to a later process. */
  readonly isLeft: () => boolean;
}

/**
 * Checks a message and claims it in the journal, so that no other process runs it.
 * @throws LeftError when the message is left to a later process before its start is recorded
 */
export async function claim(
  taken: Taken,
  payload: Uint8Array,
  parts: Parts,
  interruptible: Interruptible,
): Promise<Opened> {
  if (interruptible.isLeft()) throw new LeftError();
  const accepted = await accept(taken, payload, parts);
  if (accepted.kind === "refused") return { kind: "decided", state: "rejected", ack: accepted.ack, after: 0 };
  const { message, handler } = accepted;
  const { journal, suspects, taken: all } = parts;
  const late = await tooLate(taken, accepted, parts);
  if (late !== undefined) return { kind: "decided", ...late, after: 0 };
  const start = new Start(taken, accepted, parts, interruptible);
  // If a message may have run when the daemon ended, the journal is read first. Such a message is claimed even if it is
  // an event.
  const lane = laneOf(taken.address);
  if (suspects.mayHaveBeenOpen(lane, handler.concurrency ?? 1)) {
    return start.behind(await journal.last(taken.address));
  }
  if (suspects.isClosed) await suspects.pass(interruptible.onInterrupt);
  if (message.messageType === "command" || message.delivery === "atMostOnce") return start.behind(undefined, true);
  // Other events have no `started`. For such an event, the daemon only checks if the event has ended. For a repeatable
  // event, the daemon does not check that either, unless an earlier daemon may have left ended events in the queue.
  if (handler.repeatable === true && !all.mayHaveEnded(lane)) {
    return unclaimed(accepted, { attempt: 1, after: 0, wasCutOff: false }, 0);
  }
  const last = await journal.last(taken.address);
  if (last?.ack.state === "started") return start.behind(last);
  if (last !== undefined && isFinal(last.ack)) return { kind: "over", end: last };
  all.caughtUp(lane);
  return unclaimed(accepted, placeBehind(last), endsUpTo(last, parts.instance));
}

/** An event that runs without a `started`. */
function unclaimed(accepted: Accepted, at: Place, ends: number): Runnable {
  const mayRepeat = accepted.handler.repeatable === true;
  return { kind: "run", accepted, at, ends, mayRepeat, isClaimed: false, turn: undefined };
}

/**
 * A message is a suspect if the daemon ended this many times, or more, while the message ran. The number is lower if
 * `daemonEnds` allows fewer ends.
 */
const suspectFrom = 2;

/** The claim of one message. The claim writes `started`, or finds that the message has ended or may not run again. */
class Start {
  readonly #taken: Taken;
  readonly #accepted: Accepted;
  readonly #parts: Parts;
  readonly #interruptible: Interruptible;

  constructor(taken: Taken, accepted: Accepted, parts: Parts, interruptible: Interruptible) {
    this.#taken = taken;
    this.#accepted = accepted;
    this.#parts = parts;
    this.#interruptible = interruptible;
  }

  /** Continues after the last known ACK. `mayBegin`: true if messages that are not suspects may begin now. */
  async behind(last: Link | undefined, mayBegin: boolean = false): Promise<Opened> {
    const { suspects, settings, instance, journal } = this.#parts;
    const { onInterrupt, isLeft } = this.#interruptible;
    if (last !== undefined && isFinal(last.ack)) return { kind: "over", end: last };
    const { attempt, after: before, wasCutOff } = placeBehind(last);
    const ends = endsUpTo(last, instance);
    if (last !== undefined) {
      if (this.#accepted.message.delivery === "atMostOnce") return this.#interrupted(last, this.#atMostOnce(last));
      if (last.ack.alone === true && ends > (last.ack.ends ?? 0) && ends >= settings.daemonEnds) {
        return this.#interrupted(last, endedDaemon(ends));
      }
    }
    const isSuspect = ends >= Math.min(suspectFrom, settings.daemonEnds - 1);
    const wasAlone = last?.ack.alone !== undefined;
    const turn = isSuspect ? await suspects.turn(ends, wasAlone, onInterrupt) : undefined;
    if (!isSuspect && !mayBegin && suspects.isClosed) await suspects.pass(onInterrupt);
    const marks = { ...(ends > 0 ? { ends } : {}), ...(turn?.isAlone === true ? { alone: true } : {}) };
    const started = ackOf(this.#taken, instance, "started", attempt, { startedAt: timestamp(), ...marks });
    try {
      // A message must be left before its start is recorded. After that, a message that may run at most once could not
      // run any more.
      if (isLeft()) throw new LeftError();
      const written = await journal.write(this.#taken.address, started, before);
      if (written.kind === "stored") {
        const { sequence: after } = written;
        // The write may have waited for the broker, and the message may have expired meanwhile. Readers show a message
        // as expired if the message did not begin in time, so an expired message must not run.
        const late = last === undefined ? expiryOf(this.#taken, this.#accepted, this.#parts) : undefined;
        if (late !== undefined) return { kind: "decided", state: late.state, ack: { ...late.ack, attempt }, after };
        const at = { attempt, after, wasCutOff };
        return { kind: "run", accepted: this.#accepted, at, ends, turn, isClaimed: true, mayRepeat: false };
      }
      turn?.end();
      return await this.behind(written.link);
    } catch (error) {
      turn?.end();
      throw error;
    }
  }

  #atMostOnce({ ack }: Link): { code: string; message: string } {
    const what = ack.instance === this.#parts.instance ? "its lane was started again" : "the daemon ended";
    return { code: "interrupted", message: `${what} while this ran, and it may run at most once` };
  }

  #interrupted({ ack, sequence }: Link, error: { code: string; message: string }): Opened {
    const { message } = this.#accepted;
    return { kind: "decided", state: "interrupted", ack: { error, message, attempt: ack.attempt }, after: sequence };
  }
}

function endedDaemon(ends: number): { code: ErrorCode; message: string } {
  const message = `the daemon ended ${ends} times while this ran, the last time with nothing else running`;
  return { code: "endedDaemon", message };
}

interface Late {
  readonly state: FinalState;
  readonly ack: Partial<Ack>;
}

async function tooLate(taken: Taken, accepted: Accepted, parts: Parts): Promise<Late | undefined> {
  const expired = expiryOf(taken, accepted, parts);
  if (expired !== undefined) return expired;
  const { message } = accepted;
  // If a message is older than the journal, nobody can know if the message ran.
  if (message.delivery === "atMostOnce" && taken.storedAt < (await parts.journal.reachesBackTo())) {
    const error = { code: "tooOldToProve", message: "the journal does not reach back to when this was stored" };
    return { state: "interrupted", ack: { error, message } };
  }
  return undefined;
}

function expiryOf(taken: Taken, { message }: Accepted, { clock }: Parts): Late | undefined {
  const expires = parseDuration(message.expires ?? "");
  if (expires === undefined) return undefined;
  if (expires > noTimeMs && clock.now() - taken.storedAt <= expires) return undefined;
  // An earlier daemon may have crashed while it ran an event. The start of an event has no ACK, so this is not known.
  const known = message.messageType === "event" ? ", as far as is known" : "";
  const error = { code: "expired", message: `not started within ${message.expires} of being stored${known}` };
  return { state: "expired", ack: { error, message } };
}

/** The place of the attempt that follows the last ACK. */
function placeBehind(last: Link | undefined): Place {
  const { attempt = 0, error } = last?.ack ?? {};
  return { attempt: attempt + 1, after: last?.sequence ?? 0, wasCutOff: error?.code === "cutOff" };
}

/** How often the daemon ended during the attempts up to the last ACK. */
function endsUpTo(last: Link | undefined, instance: string): number {
  if (last === undefined) return 0;
  const { state, ends = 0, instance: writer } = last.ack;
  return ends + (state === "started" && writer !== instance ? 1 : 0);
}

/** An ACK of this daemon process. */
export function ackOf(taken: Taken, instance: string, state: Ack["state"], attempt: number, rest: Partial<Ack>): Ack {
  // The address is not spread, because two spreads in one literal are sixty times as slow.
  const { node, messageType, subject, id } = taken.address;
  return { node, messageType, subject, id, state, final: isFinal({ state }), attempt, instance, ...rest };
}

/** The current time in the format of ACKs: RFC 3339, UTC, by this host's clock. */
export function timestamp(): string {
  return new Date().toISOString();
}

/**
 * A final ACK without a run, for a message that has begun before. Such a message did not expire: it was interrupted.
 */
export function begunBefore(final: Ack, { attempt }: Ack): Ack {
  if (final.state !== "expired") return { ...final, attempt };
  const error = { code: "interrupted", message: "the daemon ended while this ran, and it has expired since" };
  return { ...final, state: "interrupted", attempt, error };
}

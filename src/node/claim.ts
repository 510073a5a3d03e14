import type { Journal, Link } from "../broker/journal.ts";
import { isFinal, type Ack, type FinalState } from "../protocol/ack.ts";
import { parseDuration } from "../protocol/duration.ts";
import { accept, type Accepted, type AcceptEnvironment } from "./accept.ts";
import type { Held } from "./held.ts";

/** What it takes to find out whether a message may run. */
export interface ClaimEnvironment extends AcceptEnvironment {
  readonly journal: Journal;
  /** This life of the daemon: random at each start. */
  readonly instance: string;
  /** The broker's clock, in milliseconds since 1970. */
  readonly brokerNow: () => number;
}

/** What `claim` found out. */
export type Opened =
  /** The message may run: as this attempt, its next ACK behind the one at `after`. */
  | {
      readonly kind: "run";
      readonly accepted: Accepted;
      readonly attempt: number;
      readonly after: number;
      /** The run before was ended by a stop of the daemon, in order. */
      readonly wasCutOff: boolean;
      /** That it is handled again does no harm: nothing need wait until its end is recorded. */
      readonly mayRepeat: boolean;
    }
  /** The message ends without running. */
  | { readonly kind: "decided"; readonly state: FinalState; readonly ack: Partial<Ack>; readonly after: number }
  /** The message has ended before: this is a copy, or its acknowledgement was lost. */
  | { readonly kind: "over"; readonly end: Link };

/** A message that may run. */
export type Runnable = Extract<Opened, { kind: "run" }>;

/** Checks a message and claims it in the journal, so that nobody else runs it. */
export async function claim(held: Held, payload: Uint8Array, env: ClaimEnvironment): Promise<Opened> {
  const accepted = await accept(held, payload, env);
  if (accepted.kind === "refused") return { kind: "decided", state: "rejected", ack: accepted.ack, after: 0 };
  const { message } = accepted;
  const late = await tooLate(held, accepted, env);
  if (late !== undefined) return { kind: "decided", ...late, after: 0 };
  if (message.messageType === "command" || message.delivery === "atMostOnce") {
    return start(held, accepted, env, undefined);
  }
  // An event has no `started`: it is enough to look whether it has ended; or not even that.
  const mayRepeat = accepted.handler.repeatable === true;
  if (mayRepeat) return { kind: "run", accepted, mayRepeat, attempt: 1, after: 0, wasCutOff: false };
  const last = await env.journal.last(held.address);
  if (last !== undefined && isFinal(last.ack)) return { kind: "over", end: last };
  return { ...follow(last), kind: "run", accepted, mayRepeat, after: last?.sequence ?? 0 };
}

/** Writes `started` behind the last ACK, or finds that the message has ended or may not run again. */
async function start(held: Held, accepted: Accepted, env: ClaimEnvironment, last: Link | undefined): Promise<Opened> {
  const { attempt, wasCutOff } = follow(last);
  const started = ackOf(held, env.instance, "started", attempt, { startedAt: timestamp() });
  const written = await env.journal.write(held.address, started, last?.sequence ?? 0);
  if (written.kind === "stored") {
    // The broker was away meanwhile. Who reads takes what has not begun in time for expired: it must not run then.
    const late = last === undefined ? expiryOf(held, accepted, env) : undefined;
    if (late !== undefined) {
      const { state, ack } = late;
      return { kind: "decided", state, ack: { ...ack, attempt }, after: written.sequence };
    }
    return { kind: "run", accepted, mayRepeat: false, attempt, after: written.sequence, wasCutOff };
  }
  const { ack, sequence } = written.link;
  if (isFinal(ack)) return { kind: "over", end: written.link };
  if (accepted.message.delivery !== "atMostOnce") return start(held, accepted, env, written.link);
  const what = ack.instance === env.instance ? "its lane was started again" : "the daemon ended";
  const error = { code: "interrupted", message: `${what} while this ran, and it may run at most once` };
  const { message } = accepted;
  return { kind: "decided", state: "interrupted", ack: { error, message, attempt: ack.attempt }, after: sequence };
}

interface Late {
  readonly state: FinalState;
  readonly ack: Partial<Ack>;
}

async function tooLate(held: Held, accepted: Accepted, env: ClaimEnvironment): Promise<Late | undefined> {
  const expired = expiryOf(held, accepted, env);
  if (expired !== undefined) return expired;
  const { message } = accepted;
  // Of what was stored before the journal tells of it, nobody can say whether it ran.
  if (message.delivery === "atMostOnce" && held.storedAt < (await env.journal.tellsSince())) {
    const error = { code: "tooOldToProve", message: "the journal does not reach back to when this was stored" };
    return { state: "interrupted", ack: { error, message } };
  }
  return undefined;
}

function expiryOf(held: Held, { message }: Accepted, { brokerNow }: ClaimEnvironment): Late | undefined {
  const expires = parseDuration(message.expires ?? "");
  if (expires === undefined || brokerNow() - held.storedAt <= expires) return undefined;
  // A former life may have begun an event and died of it: nothing would tell.
  const known = message.messageType === "event" ? ", as far as is known" : "";
  const error = { code: "expired", message: `not started within ${message.expires} of being stored${known}` };
  return { state: "expired", ack: { error, message } };
}

/** The attempt that follows a former life's last ACK. */
function follow(last: Link | undefined): Pick<Runnable, "attempt" | "wasCutOff"> {
  return { attempt: (last?.ack.attempt ?? 0) + 1, wasCutOff: last?.ack.error?.code === "cutOff" };
}

/** An ACK of this life of the daemon. */
export function ackOf(held: Held, instance: string, state: Ack["state"], attempt: number, rest: Partial<Ack>): Ack {
  // Two spreads in one literal cost sixty times as much.
  const { node, messageType, subject, id } = held.address;
  return { node, messageType, subject, id, state, final: isFinal({ state }), attempt, instance, ...rest };
}

/** The time as ACKs have it: RFC 3339, UTC, by the clock of this host. */
export function timestamp(): string {
  return new Date().toISOString();
}

/** A final ACK without a run, for a message that has begun all the same: then it did not expire, it was interrupted. */
export function begunBefore(final: Ack, { attempt }: Ack): Ack {
  if (final.state !== "expired") return { ...final, attempt };
  const error = { code: "interrupted", message: "the daemon ended while this ran, and it has expired since" };
  return { ...final, state: "interrupted", attempt, error };
}

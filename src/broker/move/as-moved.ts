import { headers, type MsgHdrs } from "nats";
import { check, messageSchema, noTimeMs, type Message } from "../../protocol/message.ts";
import { parseStrict } from "../../protocol/strict-json.ts";
import { firingIdOf } from "../../protocol/subjects.ts";
import { formatDuration, parseDuration } from "../../util/duration.ts";
import { toJson } from "../../util/json.ts";
import type { Stored } from "../read/direct-get.ts";

/** A message of the queue in the form in which `moveQueue` writes it into another stream. */
export interface Moved {
  /** The subject without the namespace: node, type, subject and id. */
  readonly place: string;
  readonly payload: Uint8Array;
  readonly headers: MsgHdrs;
}

export interface MoveOptions {
  /** The present time by the broker's clock, in milliseconds since 1970. */
  readonly now: number;
  /** The longest expiry of an at-most-once message, in milliseconds. Undefined if the journal keeps all ACKs. */
  readonly longest: number | undefined;
}

/** The headers with the position of a message in its stream. The broker adds them after the headers of the message. */
const placing: ReadonlySet<string> = new Set([
  "Nats-Stream",
  "Nats-Subject",
  "Nats-Sequence",
  "Nats-Time-Stamp",
  "Nats-Num-Pending",
  "Nats-Last-Sequence",
]);

/**
 * The headers that were valid only for the write that stored the message, and the headers of a firing. They are left
 * out.
 */
const ofTheWrite = /^(?:Steward-Moved|Nats-(?:Msg-Id|TTL|Stream-Source|Batch-.*|Expected-.*|Schedule.*))$/;

/**
 * Makes a copy of a stored message for another stream. A lifetime and an expiry count from the time of storing, which
 * is later for the copy. So both become shorter by the age of the message. A firing becomes an ordinary message with
 * the id of the firing, because only the broker can write the header that makes a message a firing.
 */
export function asMoved(stored: Stored, { now, longest }: MoveOptions): Moved {
  const age = Math.max(0, now - stored.storedAt);
  const [, ...tokens] = stored.subject.split(".");
  const id = firingIdOf(tokens.at(-1) ?? "", stored.headers?.get("Nats-Stream-Source"));
  if (id !== undefined) tokens.splice(-1, 1, id);
  return { place: tokens.join("."), payload: payloadOf(stored, { id, age, longest }), headers: headersOf(stored, age) };
}

/**
 * The payload for the copy. A payload that is not a valid message is not changed, so that its node rejects the copy
 * too.
 */
function payloadOf(
  { data }: Stored,
  { id, age, longest }: { readonly id: string | undefined; readonly age: number; readonly longest: number | undefined },
): Uint8Array {
  let value: unknown;
  let message: Message;
  try {
    value = parseStrict(data);
    message = check(messageSchema, value);
  } catch {
    return data;
  }
  const asked = parseDuration(message.expires ?? "") ?? (message.delivery === "atMostOnce" ? longest : undefined);
  if (id === undefined && asked === undefined) return data;
  const expires = asked === undefined ? {} : { expires: formatDuration(wholeSeconds(asked - age)) };
  // The keys of a newer version, which are unknown here, are kept.
  return Buffer.from(toJson({ ...(value as Message), ...(id === undefined ? {} : { id }), ...expires }));
}

function headersOf({ headers: found }: Stored, age: number): MsgHdrs {
  const kept = headers();
  for (const [name, values] of found ?? []) {
    // For a header of `placing`, the broker's value is the last one and is left out. Earlier values come from the
    // sender, and are kept.
    const own = placing.has(name) ? values.slice(0, -1) : values;
    if (!ofTheWrite.test(name)) for (const value of own) kept.append(name, value);
  }
  const lifetime = found?.get("Nats-TTL") ?? "";
  const ms = parseDuration(/^\d+$/.test(lifetime) ? `${lifetime}s` : lifetime);
  if (ms !== undefined) kept.set("Nats-TTL", `${Math.max(1, Math.floor((ms - age) / 1000))}s`);
  return kept;
}

/**
 * Rounds a time in milliseconds down to whole seconds. A time below one second is rounded to whole milliseconds
 * instead. If no time is left, the result is `noTimeMs`.
 */
function wholeSeconds(ms: number): number {
  return ms >= 1000 ? ms - (ms % 1000) : Math.max(noTimeMs, Math.round(ms));
}

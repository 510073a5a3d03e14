import * as v from "valibot";
import { fitting, parseJson } from "../util/parse-bytes.ts";
import { messageSchema, messageTypeSchema, type Message } from "./message.ts";
import { isToken, type MessageType } from "./subjects.ts";

/** The states that end a message. Each message gets exactly one final state, even after a crash. */
export const finalStates = ["succeeded", "failed", "rejected", "expired", "cancelled", "interrupted"] as const;
export type FinalState = (typeof finalStates)[number];
/** The states that this version knows. */
export type KnownState = "started" | "retrying" | FinalState;
export const knownStates: readonly KnownState[] = ["started", "retrying", ...finalStates];
/**
 * A newer version may write a state that this version does not know. If the ACK has `final: true`, this state ends the
 * message.
 */
export type State = KnownState | Unlisted;
/** Any other text. A plain `string` would keep editors from suggesting the known values. */
export type Unlisted = string & Record<never, never>;

/** The headers of an ACK: `stateHeader` contains the state, and `finalHeader` says whether the state is final. */
export const stateHeader = "Steward-State";
export const finalHeader = "Steward-Final";

/** The output streams of a run. */
export const outputStreams = ["stdout", "stderr"] as const;
export type OutputStream = (typeof outputStreams)[number];

/** A gap in the middle of a stream. The run wrote `total` bytes; `omitted` of these bytes are not in the text. */
export interface Truncation {
  readonly total: number;
  readonly omitted: number;
}

/**
 * The output of a run. If bytes are missing from a text, the text contains a mark in their place, and `truncated` has
 * their number.
 */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** Set if the output is not UTF-8. With `base64`, both texts are base64. This version cannot read other encodings. */
  readonly encoding?: "base64" | Unlisted | undefined;
  readonly truncated?:
    | { readonly stdout?: Truncation | undefined; readonly stderr?: Truncation | undefined }
    | undefined;
}

/** How a message was cancelled. */
export interface Cancelled {
  readonly by: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly was: "queued" | "running" | Unlisted;
}

/** The error and the details in the ACK of a cancelled message, for people and for programs. */
export function cancellation(cancelled: Cancelled): Pick<Ack, "error" | "cancelled"> {
  const { by, was } = cancelled;
  return { error: { code: "cancelled", message: `cancelled by ${by} while ${was}` }, cancelled };
}

/** An ACK: the record of what happened to a message. */
export interface Ack {
  readonly id: string;
  readonly node: string;
  readonly messageType: MessageType;
  readonly subject: string;
  readonly state: State;
  /** True for the last ACK of the message. Needed by readers that do not know the state. */
  readonly final?: boolean | undefined;
  /** 1 for the first run, plus 1 for each further run after a retry or a crash. 0 when nothing ran. */
  readonly attempt: number;
  /** Identifies the start of the daemon that wrote the ACK: a random id, new at each start. */
  readonly instance: string;
  /** How often a daemon ended uncleanly (by a kill or a crash) while this message ran, before the run of this ACK. */
  readonly ends?: number | undefined;
  /**
   * True if nothing else runs beside this message, because the message may be the one that ended the daemon. False as
   * soon as other messages may start again.
   */
  readonly alone?: boolean | undefined;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly output?: Output | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  /** Only for a `cancelled` message: the operator, the time, and the message's earlier state (queued or running). */
  readonly cancelled?: Cancelled | undefined;
  /** Only in a final ACK: the original message. With it, the log alone is enough to recreate the message. */
  readonly message?: Message | undefined;
  /** The original bytes, as text or base64, if they could not be read as a message. */
  readonly raw?: { readonly data: string; readonly encoding?: "base64" | undefined } | undefined;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const truncation = v.object({ total: count, omitted: count });
/** Accepts a known name, or any other token of a newer version. */
const nameOf = <T extends string>(known: readonly T[]): v.GenericSchema<unknown, T | Unlisted> =>
  v.union([v.picklist(known), v.pipe(v.string(), v.check(isToken))]);

/** The optional keys of an ACK. A key that cannot be read is left out; the other keys are read. */
const mayHave = {
  final: v.optional(v.boolean()),
  ends: v.optional(count),
  alone: v.optional(v.boolean()),
  startedAt: v.optional(v.string()),
  finishedAt: v.optional(v.string()),
  durationMs: v.optional(v.number()),
  exitCode: v.optional(v.number()),
  signal: v.optional(v.string()),
  output: v.optional(
    v.object({
      stdout: v.string(),
      stderr: v.string(),
      encoding: v.optional(nameOf(["base64"])),
      truncated: v.optional(v.object({ stdout: v.optional(truncation), stderr: v.optional(truncation) })),
    }),
  ),
  error: v.optional(v.object({ code: v.string(), message: v.string() })),
  cancelled: v.optional(v.object({ by: v.string(), at: v.string(), was: nameOf(["queued", "running"]) })),
  message: v.optional(messageSchema),
  raw: v.optional(v.object({ data: v.string(), encoding: v.optional(v.literal("base64")) })),
};

/** The schema for reading an ACK. Unknown keys are ignored. */
export const ackSchema: v.GenericSchema<unknown, Ack> = v.object({
  id: v.string(),
  node: v.string(),
  messageType: messageTypeSchema,
  subject: v.string(),
  state: nameOf(knownStates),
  attempt: count,
  instance: v.string(),
  ...mayHave,
});

/** Reads an ACK; undefined when the bytes are not an ACK. */
export function parseAck(bytes: Uint8Array): Ack | undefined {
  const value = parseJson(bytes);
  return fitting(ackSchema, value) ?? fitting(ackSchema, withoutUnreadable(value));
}

/**
 * Removes the keys that this version cannot read, because the other keys must stay readable. An original message that
 * cannot be read is kept as text.
 */
function withoutUnreadable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const ack: Record<string, unknown> = { ...value };
  const { message } = ack;
  for (const [key, schema] of Object.entries(mayHave)) if (!v.is(schema, ack[key])) delete ack[key];
  return message === undefined || "message" in ack ? ack : { raw: { data: JSON.stringify(message) }, ...ack };
}

const ends: ReadonlyMap<string, boolean> = new Map([
  ["started", false],
  ["retrying", false],
  ...finalStates.map((state) => [state, true] as const),
]);

/**
 * True for the last ACK of a message. If this version does not know the state, `final` decides. If `final` is missing
 * too, the state counts as final, so that a message never runs twice by mistake.
 */
export function isFinal({ state, final }: Pick<Ack, "state" | "final">): boolean {
  return ends.get(state) ?? final ?? true;
}

/** True for the name of a state that this version knows. */
export function isKnownState(text: string): text is KnownState {
  return ends.has(text);
}

/**
 * The state of an ACK, as a known state. An unknown state counts as `failed` if it is final, and as `started`
 * otherwise.
 */
export function knownState(ack: Pick<Ack, "state" | "final">): KnownState {
  if (isKnownState(ack.state)) return ack.state;
  return isFinal(ack) ? "failed" : "started";
}

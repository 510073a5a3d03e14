import * as v from "valibot";
import { fitting, parseJson } from "../util/parse-bytes.ts";
import { messageSchema, messageTypeSchema, type Message } from "./message.ts";
import { isToken, type MessageType } from "./subjects.ts";

/** States that end a message: it has exactly one of them, whatever crashes. */
export const finalStates = ["succeeded", "failed", "rejected", "expired", "cancelled", "interrupted"] as const;
export type FinalState = (typeof finalStates)[number];
/** The states that this version knows. */
export type KnownState = "started" | "retrying" | FinalState;
export const knownStates: readonly KnownState[] = ["started", "retrying", ...finalStates];
/** A newer peer may write a state that is not known here: `final` says what it comes to, and its name is shown. */
export type State = KnownState | Unlisted;
/** Any other text, which leaves the known ones in sight. */
export type Unlisted = string & Record<never, never>;

/** The headers of an ACK that repeat its state, and whether that is final. */
export const stateHeader = "Steward-State";
export const finalHeader = "Steward-Final";

/** The streams of a run's output. */
export const outputStreams = ["stdout", "stderr"] as const;
export type OutputStream = (typeof outputStreams)[number];

/** What was left out in the middle of one stream: `total` bytes were written, `omitted` of them are not in the text. */
export interface Truncation {
  readonly total: number;
  readonly omitted: number;
}

/** What a run wrote. A gap in a text is marked in it, and counted in `truncated`. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** Given when the output is not UTF-8: both texts are base64. In what a newer peer may name, nobody can read them here. */
  readonly encoding?: "base64" | Unlisted | undefined;
  readonly truncated?:
    | { readonly stdout?: Truncation | undefined; readonly stderr?: Truncation | undefined }
    | undefined;
}

/** How a message was taken back. */
export interface Cancelled {
  readonly by: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly was: "queued" | "running" | Unlisted;
}

/** What the ACK of a cancelled message says of that, for programs and for people. */
export function cancellation(cancelled: Cancelled): Pick<Ack, "error" | "cancelled"> {
  const { by, was } = cancelled;
  return { error: { code: "cancelled", message: `cancelled by ${by} while ${was}` }, cancelled };
}

/** An ACK: what became of a message. */
export interface Ack {
  readonly id: string;
  readonly node: string;
  readonly messageType: MessageType;
  readonly subject: string;
  readonly state: State;
  /** Whether nothing more comes for the message: what a reader goes by that does not know the state. */
  readonly final?: boolean | undefined;
  /** 1 for the first run; each further run, by a retry or after a crash, counts on. 0 when nothing ran. */
  readonly attempt: number;
  /** The life of the daemon that wrote it: random at each start. */
  readonly instance: string;
  /** How often the daemon has ended in the middle of the message, before the run that this ACK is about. */
  readonly ends?: number | undefined;
  /** Of a run that may be what ends the daemon: nothing else runs beside it; false once others go on. */
  readonly alone?: boolean | undefined;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly output?: Output | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  /** Of a `cancelled` message: by whom, when, and whether it had begun to run. */
  readonly cancelled?: Cancelled | undefined;
  /** The original, in a final ACK, so that the log alone can recreate it. */
  readonly message?: Message | undefined;
  /** The original when it is no message that was understood: its bytes, as text or base64. */
  readonly raw?: { readonly data: string; readonly encoding?: "base64" | undefined } | undefined;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const truncation = v.object({ total: count, omitted: count });
/** The names that are known here, or another one. */
const nameOf = <T extends string>(known: readonly T[]): v.GenericSchema<unknown, T | Unlisted> =>
  v.union([v.picklist(known), v.pipe(v.string(), v.check(isToken))]);

/** What an ACK need not have; what is not readable of it is left out, and the rest read. */
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

/** An ACK as it is read; unknown keys are ignored. */
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

/** Reads an ACK; undefined when the bytes are none. */
export function parseAck(bytes: Uint8Array): Ack | undefined {
  const value = parseJson(bytes);
  return fitting(ackSchema, value) ?? fitting(ackSchema, withoutUnreadable(value));
}

/** What a newer peer wrote in a form that is not known here must not hide the rest. The original is kept as a text. */
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
 * True for an ACK after which nothing more comes for its message. A state that is not known here is taken by `final`;
 * without that it is an end, so that nothing runs on a doubt.
 */
export function isFinal({ state, final }: Pick<Ack, "state" | "final">): boolean {
  return ends.get(state) ?? final ?? true;
}

/** True for the name of a state that this version knows. */
export function isKnownState(text: string): text is KnownState {
  return ends.has(text);
}

/** The state as which an ACK counts: one that is not known here as `failed`, or as `started` while it is no end. */
export function knownState(ack: Pick<Ack, "state" | "final">): KnownState {
  if (isKnownState(ack.state)) return ack.state;
  return isFinal(ack) ? "failed" : "started";
}

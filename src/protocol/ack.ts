import * as v from "valibot";
import { fitting, parseJson } from "../util/parse-bytes.ts";
import { messageSchema, messageTypeSchema, type Message } from "./message.ts";
import { isToken, type MessageType } from "./subjects.ts";

/** The states that end a message. Each message gets exactly one of them, also after a crash. */
export const finalStates = ["succeeded", "failed", "rejected", "expired", "cancelled", "interrupted"] as const;
export type FinalState = (typeof finalStates)[number];
/** The states that this version knows. */
export type KnownState = "started" | "retrying" | FinalState;
export const knownStates: readonly KnownState[] = ["started", "retrying", ...finalStates];
/** A newer peer may write a state that this version does not know: `final` says whether it ends the message. */
export type State = KnownState | Unlisted;
/** Any other text. Written in this way, editors still suggest the known ones. */
export type Unlisted = string & Record<never, never>;

/** The headers of an ACK with its state, and with whether the state is final. */
export const stateHeader = "Steward-State";
export const finalHeader = "Steward-Final";

/** The output streams of a run. */
export const outputStreams = ["stdout", "stderr"] as const;
export type OutputStream = (typeof outputStreams)[number];

/** The gap in the middle of a stream: the run wrote `total` bytes, and `omitted` of them are not in the text. */
export interface Truncation {
  readonly total: number;
  readonly omitted: number;
}

/** The output of a run. A gap in a text is marked there and counted in `truncated`. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** Set when the output is not UTF-8: both texts are base64. This version cannot read the encodings of newer peers. */
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
  /** Whether this is the last ACK of the message. For readers that do not know the state. */
  readonly final?: boolean | undefined;
  /** 1 for the first run, plus 1 for each further run after a retry or a crash. 0 when nothing ran. */
  readonly attempt: number;
  /** The start of the daemon that wrote it: a random id, new at each start. */
  readonly instance: string;
  /** How often the daemon ended during this message, before the run of this ACK. */
  readonly ends?: number | undefined;
  /**
   * True when the run may be the cause of the daemon's ends: nothing runs beside it. False once other runs may start.
   */
  readonly alone?: boolean | undefined;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly output?: Output | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  /** Of a `cancelled` message: the operator, the time, and whether it was running. */
  readonly cancelled?: Cancelled | undefined;
  /** The original, in a final ACK, so that the log alone can recreate it. */
  readonly message?: Message | undefined;
  /** The original when it could not be read as a message: its bytes, as text or base64. */
  readonly raw?: { readonly data: string; readonly encoding?: "base64" | undefined } | undefined;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const truncation = v.object({ total: count, omitted: count });
/** The known names, or any other token. */
const nameOf = <T extends string>(known: readonly T[]): v.GenericSchema<unknown, T | Unlisted> =>
  v.union([v.picklist(known), v.pipe(v.string(), v.check(isToken))]);

/** The optional keys of an ACK. One that cannot be read is left out, and the others are read. */
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

/** Reads an ACK; undefined when the bytes are not an ACK. */
export function parseAck(bytes: Uint8Array): Ack | undefined {
  const value = parseJson(bytes);
  return fitting(ackSchema, value) ?? fitting(ackSchema, withoutUnreadable(value));
}

/** A key that this version cannot read must not make the ACK unreadable. An unreadable original is kept as text. */
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
 * True for the last ACK of a message. For a state that this version does not know, `final` decides; without it, the
 * state counts as final, so that a message never runs twice by mistake.
 */
export function isFinal({ state, final }: Pick<Ack, "state" | "final">): boolean {
  return ends.get(state) ?? final ?? true;
}

/** True for the name of a state that this version knows. */
export function isKnownState(text: string): text is KnownState {
  return ends.has(text);
}

/** The known state that an ACK counts as: an unknown one is `failed` if it is final, and `started` otherwise. */
export function knownState(ack: Pick<Ack, "state" | "final">): KnownState {
  if (isKnownState(ack.state)) return ack.state;
  return isFinal(ack) ? "failed" : "started";
}

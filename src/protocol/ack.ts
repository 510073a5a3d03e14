import * as v from "valibot";
import { messageSchema, messageTypeSchema, type Message } from "./message.ts";
import { parseBytes } from "./parse-bytes.ts";
import type { MessageType } from "./subjects.ts";

/** States that end a message: it has exactly one of them, whatever crashes. */
export const finalStates = ["succeeded", "failed", "rejected", "expired", "cancelled", "interrupted"] as const;
export type FinalState = (typeof finalStates)[number];
export type State = "started" | "retrying" | FinalState;
const states: readonly State[] = ["started", "retrying", ...finalStates];

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
  /** Given when the output is not UTF-8: both texts are base64. */
  readonly encoding?: "base64" | undefined;
  readonly truncated?:
    | { readonly stdout?: Truncation | undefined; readonly stderr?: Truncation | undefined }
    | undefined;
}

/** How a message was taken back. */
export interface Cancelled {
  readonly by: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly was: "queued" | "running";
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
  /** 1 for the first run; each further run, by a retry or after a crash, counts on. 0 when nothing ran. */
  readonly attempt: number;
  /** The life of the daemon that wrote it: random at each start. */
  readonly instance: string;
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
  /** The original when it is no message: its bytes, as text or base64. */
  readonly raw?: { readonly data: string; readonly encoding?: "base64" | undefined } | undefined;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const truncation = v.object({ total: count, omitted: count });
const base64 = v.optional(v.literal("base64"));

/** An ACK as it is read; unknown keys are ignored. */
export const ackSchema: v.GenericSchema<unknown, Ack> = v.object({
  id: v.string(),
  node: v.string(),
  messageType: messageTypeSchema,
  subject: v.string(),
  state: v.picklist(states),
  attempt: count,
  instance: v.string(),
  startedAt: v.optional(v.string()),
  finishedAt: v.optional(v.string()),
  durationMs: v.optional(v.number()),
  exitCode: v.optional(v.number()),
  signal: v.optional(v.string()),
  output: v.optional(
    v.object({
      stdout: v.string(),
      stderr: v.string(),
      encoding: base64,
      truncated: v.optional(v.object({ stdout: v.optional(truncation), stderr: v.optional(truncation) })),
    }),
  ),
  error: v.optional(v.object({ code: v.string(), message: v.string() })),
  cancelled: v.optional(v.object({ by: v.string(), at: v.string(), was: v.picklist(["queued", "running"]) })),
  message: v.optional(messageSchema),
  raw: v.optional(v.object({ data: v.string(), encoding: base64 })),
});

/** Reads an ACK; undefined when the bytes are none. */
export function parseAck(bytes: Uint8Array): Ack | undefined {
  return parseBytes(ackSchema, bytes);
}

/** True for the name of a state. */
export function isState(text: string): text is State {
  return states.some((state) => state === text);
}

/** True for an ACK after which nothing more comes for its message. */
export function isFinal<A extends Pick<Ack, "state">>(ack: A): ack is A & { readonly state: FinalState } {
  return ack.state !== "started" && ack.state !== "retrying";
}

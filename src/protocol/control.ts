import * as v from "valibot";
import { outputStreams, type OutputStream } from "./ack.ts";
import { idSchema, messageTypeSchema, textSchema, tokenSchema } from "./message.ts";
import { laneHoldSchema, longestReason, type LaneHold } from "./lane-hold.ts";
import type { Presence } from "./presence.ts";
import type { MessageType } from "./subjects.ts";
import { troubleSchema, type Trouble } from "./trouble.ts";

/**
 * Live control of a daemon: request-reply on `<namespace>.<node>.control.<verb>`, JSON both ways. A refusal is an
 * answer with the headers of a NATS micro service, `Nats-Service-Error-Code` and `Nats-Service-Error`.
 */
export const controlVerbs = [
  "status",
  "lanes",
  "pause",
  "resume",
  "restart",
  "cancel",
  "output",
  "drain",
  "stop",
] as const;
export type ControlVerb = (typeof controlVerbs)[number];

/** A lane in the answer to `lanes`. */
export interface LaneReport {
  /** `messageType.subject`. */
  readonly name: string;
  readonly waiting: number;
  readonly running: readonly { readonly id: string; readonly attempt: number; readonly startedAt: string }[];
  /** How many more messages run, if the lane runs more than are listed. */
  readonly moreRunning?: number | undefined;
  readonly hold?: LaneHold | undefined;
  /** Why the running message has to wait. */
  readonly trouble?: Trouble | undefined;
}

/** The answer to `status`. */
export interface NodeReport extends Presence {
  /** The daemon starts no further message until `resume` or until it ends. */
  readonly draining: boolean;
  /** The number of resyncs by reason, and of failures by verdict. */
  readonly resyncs: Readonly<Record<string, number>>;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** The request of `pause`, `resume` and `restart`. `resume` without a lane ends a drain. */
export interface LaneRequest {
  readonly lane?: string | undefined;
  readonly by: string;
  readonly reason?: string | undefined;
}

/** The request of `lanes`: the page of lanes after the name `after`. Without `after`, the first lanes, as an array. */
export interface LanesRequest {
  readonly after?: string | undefined;
}

/** A page of the lanes, ordered by name. `more` lanes follow it. */
export interface LanesPage {
  readonly lanes: readonly LaneReport[];
  readonly more: number;
}

/** The request of `cancel`: end a run. */
export interface CancelRequest {
  readonly messageType: MessageType;
  readonly subject: string;
  readonly id: string;
  readonly by: string;
}

/**
 * `cancelling`: the run is being ended, and its final ACK follows. `notRunning`: read the journal to learn its state.
 */
export interface CancelAnswer {
  readonly outcome: "cancelling" | "notRunning";
}

/** The request of `output`: what a run has printed to one stream, from `offset` on. */
export interface OutputRequest {
  readonly messageType: MessageType;
  readonly subject: string;
  readonly id: string;
  readonly attempt: number;
  readonly stream: OutputStream;
  readonly offset: number;
  /** The most bytes to return; the daemon has its own limit too. */
  readonly limit?: number | undefined;
}

/** The answer to `output`. */
export interface OutputAnswer {
  /** The offset of `data`: larger than requested when the earlier bytes are no longer kept. */
  readonly offset: number;
  /** Base64. */
  readonly data: string;
  /** How many bytes the run has printed to each stream so far. */
  readonly totals: Readonly<Record<OutputStream, number>>;
  /** The run prints no more. */
  readonly ended: boolean;
}

const laneReports: v.GenericSchema<unknown, LaneReport[]> = v.array(
  v.object({
    name: v.string(),
    waiting: v.number(),
    running: v.array(v.object({ id: v.string(), attempt: v.number(), startedAt: v.string() })),
    moreRunning: v.optional(v.number()),
    hold: v.optional(laneHoldSchema),
    trouble: v.optional(troubleSchema),
  }),
);

/** The answer to `lanes`. An older daemon, without pages, sends all lanes in an array. */
export const lanesPageSchema: v.GenericSchema<unknown, LanesPage> = v.union([
  v.object({ lanes: laneReports, more: v.number() }),
  v.pipe(
    laneReports,
    v.transform((lanes) => ({ lanes, more: 0 })),
  ),
]);

export const lanesRequestSchema: v.GenericSchema<unknown, LanesRequest> = v.object({ after: v.optional(v.string()) });

export const laneRequestSchema: v.GenericSchema<unknown, LaneRequest> = v.object({
  lane: v.optional(v.string()),
  by: v.optional(tokenSchema, "unknown"),
  reason: v.optional(v.pipe(textSchema, v.maxLength(longestReason, `may have at most ${longestReason} characters`))),
});

/** True for an answer to `cancel` after which a final ACK follows. */
export function isCancelling(answer: unknown): boolean {
  return v.is(v.object({ outcome: v.literal("cancelling") }), answer);
}

export const cancelRequestSchema: v.GenericSchema<unknown, CancelRequest> = v.object({
  messageType: messageTypeSchema,
  subject: tokenSchema,
  id: idSchema,
  by: v.optional(tokenSchema, "unknown"),
});

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const outputRequestSchema: v.GenericSchema<unknown, OutputRequest> = v.object({
  messageType: messageTypeSchema,
  subject: tokenSchema,
  id: idSchema,
  attempt: count,
  stream: v.picklist(outputStreams),
  offset: count,
  limit: v.optional(count),
});

export const outputAnswerSchema: v.GenericSchema<unknown, OutputAnswer> = v.object({
  offset: count,
  data: v.string(),
  totals: v.object({ stdout: count, stderr: count }),
  ended: v.boolean(),
});

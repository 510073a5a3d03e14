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

/** A lane as `lanes` shows it. */
export interface LaneReport {
  /** `messageType.subject`. */
  readonly name: string;
  readonly waiting: number;
  readonly running: readonly { readonly id: string; readonly attempt: number; readonly startedAt: string }[];
  /** How many more run, of a lane that runs very many at once. */
  readonly moreRunning?: number | undefined;
  readonly hold?: LaneHold | undefined;
  /** Why its message waits in the middle of its run. */
  readonly trouble?: Trouble | undefined;
}

/** The answer to `status`. */
export interface NodeReport extends Presence {
  /** Begins no further message until `resume`, or stops. */
  readonly draining: boolean;
  /** How many resyncs there have been, by reason, and how many failures, by verdict. */
  readonly resyncs: Readonly<Record<string, number>>;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** Asks for something to be done with a lane, for `pause`, `resume` and `restart`. `resume` without one ends a drain. */
export interface LaneRequest {
  readonly lane?: string | undefined;
  readonly by: string;
  readonly reason?: string | undefined;
}

/** Asks for a page of the lanes, for `lanes`: those whose name comes behind `after`. Without it the first are told, as an array. */
export interface LanesRequest {
  readonly after?: string | undefined;
}

/** A page of the lanes, by name; `more` come behind it. */
export interface LanesPage {
  readonly lanes: readonly LaneReport[];
  readonly more: number;
}

/** Asks for what runs to be ended, for `cancel`. */
export interface CancelRequest {
  readonly messageType: MessageType;
  readonly subject: string;
  readonly id: string;
  readonly by: string;
}

/** `cancelling`: it runs and is being ended, its final ACK follows; `notRunning`: only the journal can tell. */
export interface CancelAnswer {
  readonly outcome: "cancelling" | "notRunning";
}

/** Asks for what a run has printed, for `output`: one stream from `offset` on. */
export interface OutputRequest {
  readonly messageType: MessageType;
  readonly subject: string;
  readonly id: string;
  readonly attempt: number;
  readonly stream: OutputStream;
  readonly offset: number;
  /** The most bytes to answer with; the daemon has a limit of its own. */
  readonly limit?: number | undefined;
}

/** The answer to `output`. */
export interface OutputAnswer {
  /** Where `data` begins: behind the offset asked for when what stood there is kept no more. */
  readonly offset: number;
  /** Base64. */
  readonly data: string;
  /** How many bytes the run has printed so far, of each stream. */
  readonly totals: Readonly<Record<OutputStream, number>>;
  /** It prints no more. */
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

/** What is read of the answer to `lanes`; a daemon that knows of no pages answers with all lanes in an array. */
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

/** True for the answer to `cancel` that a final ACK follows. */
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

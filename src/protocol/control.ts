import * as v from "valibot";
import { outputStreams, type OutputStream } from "./ack.ts";
import { idSchema, messageTypeSchema, textSchema, tokenSchema } from "./message.ts";
import { laneHoldSchema, longestReason, type LaneHold } from "./lane-hold.ts";
import type { Presence } from "./presence.ts";
import type { MessageType } from "./subjects.ts";
import { troubleSchema, type Trouble } from "./trouble.ts";

/**
 * The requests that a running daemon answers. The subject is `<namespace>.<node>.control.<verb>`; request and reply are
 * JSON. If the daemon refuses, the reply has the error headers of a NATS micro service, `Nats-Service-Error-Code` and
 * `Nats-Service-Error`.
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
  /** The number of running messages that are not listed in `running`. */
  readonly moreRunning?: number | undefined;
  readonly hold?: LaneHold | undefined;
  /** Why the lane's message cannot run now: the system has no room. */
  readonly trouble?: Trouble | undefined;
}

/** The answer to `status`. */
export interface NodeReport extends Presence {
  /** The daemon starts no further message until `resume` or until it ends. */
  readonly draining: boolean;
  /** `resyncs` counts the resyncs by reason; `verdicts` counts the failures by verdict. */
  readonly resyncs: Readonly<Record<string, number>>;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** The request of `pause`, `resume` and `restart`. `resume` without a lane ends a drain. */
export interface LaneRequest {
  readonly lane?: string | undefined;
  readonly by: string;
  readonly reason?: string | undefined;
}

/**
 * The request of `lanes`: asks for the page of lanes after the name `after`. Without `after`, the answer is an array of
 * the first lanes instead of a page, as older programs expect.
 */
export interface LanesRequest {
  readonly after?: string | undefined;
}

/** A page of the lanes, ordered by name. `more` is the number of lanes after this page. */
export interface LanesPage {
  readonly lanes: readonly LaneReport[];
  readonly more: number;
}

/** The request of `cancel`: asks the daemon to end a run. */
export interface CancelRequest {
  readonly messageType: MessageType;
  readonly subject: string;
  readonly id: string;
  readonly by: string;
}

/**
 * `cancelling`: the daemon is ending the run, and the final ACK follows. `notRunning`: no such run; the journal has the
 * message's state.
 */
export interface CancelAnswer {
  readonly outcome: "cancelling" | "notRunning";
}

/** The request of `output`: asks for the output of a run on one stream, from `offset` on. */
export interface OutputRequest {
  readonly messageType: MessageType;
  readonly subject: string;
  readonly id: string;
  readonly attempt: number;
  readonly stream: OutputStream;
  readonly offset: number;
  /** The daemon returns at most this number of bytes. The daemon has its own limit too. */
  readonly limit?: number | undefined;
}

/** The answer to `output`. */
export interface OutputAnswer {
  /** The offset of `data`. It is larger than the requested offset if the daemon no longer has the earlier bytes. */
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

/** True for an answer to `cancel` that means: the daemon is ending the run, and a final ACK follows. */
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

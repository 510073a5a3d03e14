import * as v from "valibot";
import { ackSchema, knownStates, outputStreams } from "../protocol/ack.ts";
import { messageSchema, messageTypeSchema, optionEntries } from "../protocol/message.ts";
import { presenceSchema } from "../protocol/presence.ts";
import { troubleSchema } from "../protocol/trouble.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.string();
/** One of the known names, or a name from a newer version of Steward. */
const oneOf = (known: readonly string[]): v.GenericSchema => v.union([v.picklist(known), text]);
const ackState = oneOf(knownStates);
const lane = { node: text, messageType: messageTypeSchema, subject: text };

/** The number of messages that ended in each state. `pending` is the number of messages that have not ended. */
const summary = v.objectWithRest({ succeeded: count, failed: count, pending: count }, count);
const storedAck = v.intersect([v.object({ storedAt: text }), ackSchema]);
const unended = v.object({ id: text, ...lane, state: v.picklist(["queued", "running", "expired"]) });
const sent = v.object({ id: text, nodes: v.array(v.union([ackSchema, unended])), summary });

/** The fields of the lines that `--follow` prints while messages run and when messages end. */
const live = { ...lane, id: text, attempt: count };
const piece = { stream: v.picklist(outputStreams), offset: count };
const followLine = v.union([
  v.object({ kind: v.literal("output"), ...live, ...piece, text }),
  v.object({ kind: v.literal("output"), ...live, ...piece, base64: text }),
  v.object({ kind: v.literal("gap"), ...live, stream: v.picklist(outputStreams), from: count, to: count }),
  v.object({ kind: v.literal("cut"), ...live }),
  v.object({ kind: v.literal("attempt"), ...live, after: v.optional(v.object({ code: text, message: text })) }),
  v.object({ kind: v.literal("result"), ...sent.entries }),
  v.object({ kind: v.literal("result"), messages: v.array(sent), summary }),
]);

const rule = { at: v.optional(text), every: v.optional(text), cron: v.optional(text), timeZone: v.optional(text) };
const schedule = v.object({ ...rule, expires: v.optional(text), next: v.optional(text) });
const group = { group: text, nodes: v.array(text) };

const drift = v.array(v.object({ field: text, expected: v.unknown(), actual: v.optional(v.unknown()) }));
const stream = v.variant("kind", [
  v.object({ kind: v.picklist(["created", "ok", "missing", "moved"]), stream: text }),
  v.object({ kind: v.literal("drifted"), stream: text, drift }),
]);

const hold = v.object({
  state: oneOf(["paused", "quarantined"]),
  since: text,
  by: text,
  reason: text,
  behind: v.optional(v.number()),
});
/** The fields that say how a message was sent. The data of the message is in the final ACK. */
const sending = v.object({
  id: text,
  from: text,
  createdAt: text,
  replayOf: v.optional(text),
  ...optionEntries,
});
const place = { at: text, node: text, messageType: messageTypeSchema, subject: text, id: text };

const laneReport = v.object({
  name: text,
  waiting: count,
  running: v.array(v.object({ id: text, attempt: count, startedAt: text })),
  hold: v.optional(hold),
  trouble: v.optional(troubleSchema),
  state: oneOf(["idle", "waiting", "running", "blocked", "paused", "quarantined"]),
});

const ackError = v.object({ code: text, message: text });
/** The latest ACK of a lane: its state, and the time at which the broker stored the ACK. */
const laneState = v.object({
  messageType: messageTypeSchema,
  subject: text,
  id: text,
  state: ackState,
  final: v.optional(v.boolean()),
  at: text,
});
const nodeState = {
  node: text,
  up: v.boolean(),
  lastSeen: v.optional(text),
  queued: count,
  running: count,
  lastOutcome: v.optional(laneState),
  /** The number of lanes whose latest outcome is neither succeeded nor cancelled. */
  failures: count,
  holds: v.array(v.object({ lane: text, ...hold.entries })),
  lanes: v.array(laneState),
  /** The problems that limit the daemon at the moment. A node that is up is shown as `degraded` if it has troubles. */
  troubles: v.array(troubleSchema),
  presence: v.optional(presenceSchema),
  info: v.optional(v.record(text, v.unknown())),
};

const setting = v.object({
  value: v.optional(v.union([text, v.number(), v.boolean(), v.array(text)])),
  from: v.variant("kind", [
    v.object({ kind: v.picklist(["default", "flag"]) }),
    v.object({ kind: v.literal("variable"), name: text }),
    v.object({ kind: v.literal("file"), path: text }),
    v.object({ kind: v.literal("context"), name: text, path: text }),
  ]),
});

/**
 * The `--json` output of each command. A key is a command with the options that change the output. If a key ends in
 * `-line`, its schema describes each line of an output with several lines. The build writes each schema as a JSON
 * Schema, `schemas/cli-<name>.json`.
 */
export const outputSchemas: Readonly<Record<string, v.GenericSchema>> = {
  send: sent,
  "send-file": v.object({ messages: v.array(sent), summary }),
  "send-follow-line": followLine,
  "send-lines": v.object({ id: text, blocks: count, summary }),
  "send-dry-run": v.object({ nodes: v.array(text), count, seed: v.optional(text) }),
  "send-schedule": v.object({ id: text, nodes: v.array(text), schedule }),
  wait: sent,
  replay: sent,
  cancel: v.object({
    id: text,
    nodes: v.array(
      v.variant("kind", [
        v.object({ kind: v.literal("ended"), ...lane, ack: ackSchema, before: v.boolean() }),
        v.object({ kind: v.literal("undecided"), ...lane, reason: text }),
      ]),
    ),
  }),
  status: v.object({
    id: text,
    nodes: v.array(
      v.object({
        ...lane,
        queued: v.boolean(),
        state: oneOf(["queued", "running", ...knownStates]),
        sent: v.optional(sending),
        storedAt: v.optional(text),
        acks: v.array(storedAck),
      }),
    ),
    summary,
  }),
  queue: v.object({
    messages: v.array(
      v.object({
        ...lane,
        id: text,
        sequence: count,
        storedAt: text,
        expiresAt: v.optional(text),
        state: v.picklist(["waiting", "running", "retrying", "expired", "ended"]),
        attempt: v.optional(count),
        startedAt: v.optional(text),
        hold: v.optional(hold),
        message: v.optional(messageSchema),
      }),
    ),
    more: v.optional(count),
  }),
  "queue-summary": v.object({ nodes: v.array(v.object({ node: text, queued: count, oldest: text })), total: count }),
  "log-line": storedAck,
  "errors-line": v.union([
    v.intersect([v.object({ kind: v.literal("message"), next: text }), storedAck]),
    v.object({ kind: v.literal("lane"), node: text, lane: text, ...hold.entries, next: text }),
  ]),
  "watch-line": v.variant("kind", [
    v.object({ kind: v.picklist(["published", "scheduled"]), ...place, message: v.optional(messageSchema) }),
    v.object({ kind: v.literal("acked"), ...place, ack: ackSchema }),
  ]),
  nodes: v.array(v.object(nodeState)),
  "nodes-watch-line": v.union([v.object(nodeState), v.object({ node: text, gone: v.literal(true) })]),
  "nodes-page": v.object({
    ...nodeState,
    daemon: v.picklist(["up", "down", "silent"]),
    draining: v.boolean(),
    /** The number of messages in the queue that have ended and are not yet removed, among the oldest 300. */
    ended: v.optional(count),
    groups: v.array(text),
    lanes: v.array(v.object({ ...laneReport.entries, last: v.optional(laneState) })),
    lastFailures: v.array(v.object({ ...laneState.entries, attempt: count, error: v.optional(ackError) })),
  }),
  "nodes-forget": v.object({
    node: text,
    cancelled: count,
    schedules: v.array(text),
    groups: v.array(text),
    queuedMeanwhile: count,
  }),
  lanes: v.object({
    node: text,
    daemon: v.picklist(["up", "down", "silent"]),
    draining: v.boolean(),
    lanes: v.array(laneReport),
  }),
  "lanes-action": v.object({ node: text, action: text, lane: v.optional(text) }),
  "group-ls": v.array(v.object(group)),
  "group-change": v.object({ ...group, changed: v.boolean() }),
  "schedule-ls": v.array(
    v.object({
      id: text,
      ...lane,
      schedule,
      lastFiring: v.optional(v.object({ id: text, firedAt: text, state: v.optional(ackState) })),
      message: v.optional(messageSchema),
    }),
  ),
  "schedule-rm": v.object({
    id: text,
    nodes: v.array(v.object({ ...lane, cancelled: v.array(text), running: v.array(text) })),
  }),
  init: v.object({ namespace: text, streams: v.array(stream) }),
  broker: v.object({ url: text, storeDir: text, version: text, binary: text }),
  "config-show": v.object({ file: v.optional(text), settings: v.record(text, setting) }),
  "config-validate": v.object({ file: text, valid: v.literal(true) }),
  doctor: v.object({
    healthy: v.boolean(),
    checks: v.array(
      v.object({
        check: text,
        status: v.picklist(["ok", "warning", "failed", "skipped"]),
        what: text,
        mend: v.optional(text),
      }),
    ),
  }),
};

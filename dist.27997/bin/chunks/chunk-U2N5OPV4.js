const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  array,
  assertFits,
  boolean,
  check,
  check2,
  dataSchema,
  idSchema,
  integer,
  is,
  lazy,
  literal,
  messageSchema,
  messageTypeSchema,
  minLength,
  minValue,
  nodeSchema,
  number,
  object,
  optionEntries,
  optional,
  picklist,
  pipe,
  retriesFitDelivery,
  safeParse,
  strictObject,
  string,
  tokenSchema,
  transform,
  union
} from "./chunk-WUYJTG4S.js";
import {
  canonicalSubject,
  isToken
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/util/parse-bytes.ts
function parseBytes(schema, bytes) {
  return fitting(schema, parseJson(bytes));
}
function parseJson(bytes) {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  } catch {
    return void 0;
  }
}
function fitting(schema, value) {
  const result = safeParse(schema, value, { abortEarly: true });
  return result.success ? result.output : void 0;
}

// src/protocol/ack.ts
var finalStates = ["succeeded", "failed", "rejected", "expired", "cancelled", "interrupted"];
var knownStates = ["started", "retrying", ...finalStates];
var stateHeader = "Steward-State";
var finalHeader = "Steward-Final";
var outputStreams = ["stdout", "stderr"];
function cancellation(cancelled) {
  const { by, was } = cancelled;
  return { error: { code: "cancelled", message: `cancelled by ${by} while ${was}` }, cancelled };
}
var count = pipe(number(), integer(), minValue(0));
var truncation = object({ total: count, omitted: count });
var nameOf = (known) => union([picklist(known), pipe(string(), check(isToken))]);
var mayHave = {
  final: optional(boolean()),
  ends: optional(count),
  alone: optional(boolean()),
  startedAt: optional(string()),
  finishedAt: optional(string()),
  durationMs: optional(number()),
  exitCode: optional(number()),
  signal: optional(string()),
  output: optional(
    object({
      stdout: string(),
      stderr: string(),
      encoding: optional(nameOf(["base64"])),
      truncated: optional(object({ stdout: optional(truncation), stderr: optional(truncation) }))
    })
  ),
  error: optional(object({ code: string(), message: string() })),
  cancelled: optional(object({ by: string(), at: string(), was: nameOf(["queued", "running"]) })),
  message: optional(messageSchema),
  raw: optional(object({ data: string(), encoding: optional(literal("base64")) }))
};
var ackSchema = object({
  id: string(),
  node: string(),
  messageType: messageTypeSchema,
  subject: string(),
  state: nameOf(knownStates),
  attempt: count,
  instance: string(),
  ...mayHave
});
function parseAck(bytes) {
  const value = parseJson(bytes);
  return fitting(ackSchema, value) ?? fitting(ackSchema, withoutUnreadable(value));
}
function withoutUnreadable(value) {
  if (typeof value !== "object" || value === null) return value;
  const ack = { ...value };
  const { message } = ack;
  for (const [key, schema] of Object.entries(mayHave)) if (!is(schema, ack[key])) delete ack[key];
  return message === void 0 || "message" in ack ? ack : { raw: { data: JSON.stringify(message) }, ...ack };
}
var ends = new Map([
  ["started", false],
  ["retrying", false],
  ...finalStates.map((state) => [state, true])
]);
function isFinal({ state, final }) {
  return ends.get(state) ?? final ?? true;
}
function isKnownState(text) {
  return ends.has(text);
}
function knownState(ack) {
  if (isKnownState(ack.state)) return ack.state;
  return isFinal(ack) ? "failed" : "started";
}

// src/protocol/draft.ts
var nodeList = pipe(array(nodeSchema), minLength(1, "must name a node"));
var ownForm = pipe(
  strictObject({
    id: optional(idSchema),
    node: lazy(
      (value) => Array.isArray(value) ? nodeList : pipe(
        nodeSchema,
        transform((name) => [name])
      )
    ),
    messageType: optional(messageTypeSchema),
    subject: tokenSchema,
    data: optional(dataSchema, []),
    from: optional(tokenSchema),
    ...optionEntries
  }),
  retriesFitDelivery()
);
var originalForm = strictObject({
  toNode: nodeSchema,
  data: dataSchema,
  commandOrEvent: messageTypeSchema,
  method: tokenSchema
});
function parseDraft(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new StewardError("badMessage", "a message is an object with keys such as node, subject and data");
  }
  const draft = "toNode" in value || "method" in value ? fromOriginal(value) : fromOwn(value);
  assertFits(draft.data);
  return draft;
}
function habitualType(subject) {
  return subject === "log" || subject === "error" ? "event" : "command";
}
function fromOwn(value) {
  const { node, messageType, ...rest } = check2(ownForm, value);
  const subject = canonicalSubject(rest.subject);
  return { ...rest, subject, nodes: node, messageType: messageType ?? habitualType(subject) };
}
function fromOriginal(value) {
  const { toNode, data, commandOrEvent, method } = check2(originalForm, value);
  return { nodes: [toNode], messageType: commandOrEvent, subject: canonicalSubject(method), data };
}

export {
  parseBytes,
  parseJson,
  fitting,
  finalStates,
  knownStates,
  stateHeader,
  finalHeader,
  outputStreams,
  cancellation,
  ackSchema,
  parseAck,
  isFinal,
  isKnownState,
  knownState,
  parseDraft
};

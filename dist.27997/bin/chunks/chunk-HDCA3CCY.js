const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  troubleSchema
} from "./chunk-KBGVZMHU.js";
import {
  laneHoldSchema,
  longestReason
} from "./chunk-2PVYTS73.js";
import {
  headersOf
} from "./chunk-OMTY7AFQ.js";
import {
  require_nats
} from "./chunk-TZGZTI2Z.js";
import {
  toJson
} from "./chunk-VLDOLLNL.js";
import {
  outputStreams
} from "./chunk-U2N5OPV4.js";
import {
  array,
  boolean,
  idSchema,
  integer,
  is,
  literal,
  maxLength,
  messageTypeSchema,
  minValue,
  number,
  object,
  optional,
  picklist,
  pipe,
  string,
  textSchema,
  tokenSchema,
  transform,
  union
} from "./chunk-WUYJTG4S.js";
import {
  controlSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError,
  messageOf
} from "./chunk-IH65MIS5.js";
import {
  __toESM
} from "./chunk-LCNIN5BG.js";

// src/broker/control/ask-node.ts
var import_nats = __toESM(require_nats(), 1);

// src/broker/control/micro-service.ts
var errorCodeHeader = "Nats-Service-Error-Code";
var errorHeader = "Nats-Service-Error";
var mostBytes = 16 * 1024 * 1024;
var overhead = 1024;
function serveMicroService(broker, service) {
  const { name, id, version, description, metadata } = service;
  const started = (/* @__PURE__ */ new Date()).toISOString();
  const endpoints = service.endpoints.map((endpoint) => served(endpoint));
  const bySubject = new Map(endpoints.map((endpoint) => [endpoint.info.subject, endpoint]));
  const answers = /* @__PURE__ */ new Map([
    ["PING", () => ({})],
    ["INFO", () => ({ description, endpoints: endpoints.map(({ info }) => info) })],
    ["STATS", () => ({ started, endpoints: endpoints.map(({ info, stats }) => ({ ...info, ...stats })) })]
  ]);
  const exchange = new Exchange(broker);
  const folders = new Set(service.endpoints.map(({ subject }) => subject.slice(0, subject.lastIndexOf("."))));
  for (const folder of folders) {
    exchange.serve(`${folder}.*`, async (msg) => {
      const endpoint = bySubject.get(msg.subject);
      return endpoint?.answer(msg) ?? refused("404", `${name} ${version} does not have ${msg.subject}`);
    });
  }
  for (const whom of ["", `.${name}`, `.${name}.${id}`]) {
    exchange.serve(`$SRV.*${whom}`, async (msg) => {
      const [, verb = ""] = msg.subject.split(".");
      const answer = answers.get(verb);
      if (answer === void 0) return void 0;
      const type = `io.nats.micro.v1.${verb.toLowerCase()}_response`;
      return { kind: "answered", body: toJson({ type, name, id, version, metadata, ...answer() }) };
    });
  }
}
var Exchange = class {
  #broker;
  /** Bytes of requests that are being answered. */
  #asked = 0;
  /** Bytes of answers that the broker has not received. */
  #answered = 0;
  constructor(broker) {
    this.#broker = broker;
  }
  /** Without an answer, the request is left to other services. */
  serve(subject, answer) {
    this.#broker.nc.subscribe(subject, {
      callback: (error, msg) => {
        if (error === null) this.#handle(msg, answer).catch(() => void 0);
      }
    });
  }
  async #handle(msg, answer) {
    if (this.#asked + this.#answered >= mostBytes) {
      return this.#respond(msg, refused("503", "too many requests at once; ask again in a moment"));
    }
    const size = msg.data.length + overhead;
    this.#asked += size;
    try {
      this.#respond(msg, await answer(msg));
    } finally {
      this.#asked -= size;
    }
  }
  #respond(msg, answered) {
    const { nc, maxPayload } = this.#broker;
    if (answered === void 0 || nc.isClosed() || !this.#mayAnswer(msg.reply)) return;
    if (answered.kind === "refused") {
      const { code, reason } = answered;
      msg.respond("", { headers: headersOf({ [errorCodeHeader]: code, [errorHeader]: reason }) });
    } else if (Buffer.byteLength(answered.body) > maxPayload) {
      this.#respond(msg, refused("500", `the answer is larger than the broker's max_payload of ${maxPayload} bytes`));
    } else {
      msg.respond(answered.body);
      this.#answered += answered.body.length;
      if (this.#answered === answered.body.length) void this.#send();
    }
  }
  /**
   * An answer is sent only to an inbox. A client that may send requests, but may not write to the streams, to the
   * broker's own subjects or to another daemon, could otherwise do so by naming such a subject for the reply.
   */
  #mayAnswer(reply) {
    return !reply?.startsWith("$") && !reply?.startsWith(`${this.#broker.namespace}.`);
  }
  async #send() {
    while (this.#answered > 0) {
      const sent = this.#answered;
      await this.#broker.nc.flush().catch(() => void 0);
      this.#answered -= sent;
    }
  }
};
function served({ name, subject, answer }) {
  const stats = { num_requests: 0, num_errors: 0, last_error: "", processing_time: 0, average_processing_time: 0 };
  const answerAndCount = async (msg) => {
    const begun = performance.now();
    const answered = await answerOrRefusal(answer, msg.data);
    stats.num_requests += 1;
    stats.processing_time += Math.round((performance.now() - begun) * 1e6);
    stats.average_processing_time = Math.round(stats.processing_time / stats.num_requests);
    if (answered.kind === "refused") {
      stats.num_errors += 1;
      stats.last_error = `${answered.code}:${answered.reason}`;
    }
    return answered;
  };
  return { info: { name, subject, queue_group: "" }, stats, answer: answerAndCount };
}
async function answerOrRefusal(answer, request) {
  try {
    return { kind: "answered", body: toJson(await answer(request)) };
  } catch (error) {
    return refused(error instanceof StewardError ? "400" : "500", messageOf(error));
  }
}
function refused(code, reason) {
  return { kind: "refused", code, reason: reason.slice(0, 1e3).replaceAll(new RegExp("\\p{Cc}+", "gu"), " ") };
}

// src/broker/control/ask-node.ts
async function askNode(broker, node, verb, timeoutMs, request) {
  try {
    const subject = controlSubject(broker.namespace, node, verb);
    const body = request === void 0 ? "" : toJson(request);
    const reply = await broker.request(subject, body, { timeout: timeoutMs });
    if (reply.headers?.has(errorCodeHeader) !== true) return { kind: "answered", body: reply.json() };
    return { kind: "refused", reason: reply.headers.get(errorHeader) };
  } catch (error) {
    if (error instanceof import_nats.errors.TimeoutError) return { kind: "silent" };
    if (error instanceof import_nats.errors.NoRespondersError) return { kind: "nobody" };
    if (error instanceof import_nats.errors.RequestError && error.isNoResponders()) return { kind: "nobody" };
    throw error;
  }
}

// src/protocol/control.ts
var controlVerbs = [
  "status",
  "lanes",
  "pause",
  "resume",
  "restart",
  "cancel",
  "output",
  "drain",
  "stop"
];
var laneReports = array(
  object({
    name: string(),
    waiting: number(),
    running: array(object({ id: string(), attempt: number(), startedAt: string() })),
    moreRunning: optional(number()),
    hold: optional(laneHoldSchema),
    trouble: optional(troubleSchema)
  })
);
var lanesPageSchema = union([
  object({ lanes: laneReports, more: number() }),
  pipe(
    laneReports,
    transform((lanes) => ({ lanes, more: 0 }))
  )
]);
var lanesRequestSchema = object({ after: optional(string()) });
var laneRequestSchema = object({
  lane: optional(string()),
  by: optional(tokenSchema, "unknown"),
  reason: optional(pipe(textSchema, maxLength(longestReason, `may have at most ${longestReason} characters`)))
});
function isCancelling(answer) {
  return is(object({ outcome: literal("cancelling") }), answer);
}
var cancelRequestSchema = object({
  messageType: messageTypeSchema,
  subject: tokenSchema,
  id: idSchema,
  by: optional(tokenSchema, "unknown")
});
var count = pipe(number(), integer(), minValue(0));
var outputRequestSchema = object({
  messageType: messageTypeSchema,
  subject: tokenSchema,
  id: idSchema,
  attempt: count,
  stream: picklist(outputStreams),
  offset: count,
  limit: optional(count)
});
var outputAnswerSchema = object({
  offset: count,
  data: string(),
  totals: object({ stdout: count, stderr: count }),
  ended: boolean()
});

export {
  serveMicroService,
  askNode,
  controlVerbs,
  lanesPageSchema,
  lanesRequestSchema,
  laneRequestSchema,
  isCancelling,
  cancelRequestSchema,
  outputRequestSchema,
  outputAnswerSchema
};

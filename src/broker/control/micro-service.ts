import type { Msg } from "nats";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { toJson } from "../../util/json.ts";
import type { Broker } from "../connection/broker.ts";
import { headersOf } from "../write/publish.ts";

/** One thing that a service can be asked. What `answer` returns goes back as JSON, what it throws as a refusal. */
export interface Endpoint {
  readonly name: string;
  readonly subject: string;
  readonly answer: (body: Uint8Array) => unknown;
}

/** A service as the stock `nats micro` commands show it. */
export interface MicroService {
  readonly name: string;
  /** Unlike that of any other instance of the service. */
  readonly id: string;
  /** A semantic version. */
  readonly version: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly endpoints: readonly Endpoint[];
}

/** The headers of a refusal. */
export const errorCodeHeader = "Nats-Service-Error-Code";
export const errorHeader = "Nats-Service-Error";

/** The most bytes of requests that are being answered, and of answers that the broker has yet to take, together. */
const mostBytes = 16 * 1024 * 1024;
/** What a request takes beside its body, about. */
const overhead = 1024;

/**
 * Serves endpoints for as long as the connection lives, and answers `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`, for all
 * services, for those of this name, and for this one. There are no queue groups: of two daemons of one node, one of
 * them stopped, the one that lives shall answer. Whatever is asked, and however often, nothing is thrown from here.
 */
export function serveMicroService(broker: Broker, service: MicroService): void {
  const { name, id, version, description, metadata } = service;
  const started = new Date().toISOString();
  const endpoints = service.endpoints.map((endpoint) => served(endpoint));
  const bySubject = new Map(endpoints.map((endpoint) => [endpoint.info.subject, endpoint]));
  const answers = new Map([
    ["PING", () => ({})],
    ["INFO", () => ({ description, endpoints: endpoints.map(({ info }) => info) })],
    ["STATS", () => ({ started, endpoints: endpoints.map(({ info, stats }) => ({ ...info, ...stats })) })],
  ]);
  const exchange = new Exchange(broker);
  // One subscription for all that differ in a token: the broker keeps each, of each node of the fleet, in memory.
  const folders = new Set(service.endpoints.map(({ subject }) => subject.slice(0, subject.lastIndexOf("."))));
  for (const folder of folders) {
    exchange.serve(`${folder}.*`, async (msg) => {
      const endpoint = bySubject.get(msg.subject);
      return endpoint?.answer(msg) ?? refused("404", `there is no ${msg.subject} in version ${version} of ${name}`);
    });
  }
  for (const whom of ["", `.${name}`, `.${name}.${id}`]) {
    exchange.serve(`$SRV.*${whom}`, async (msg) => {
      const [, verb = ""] = msg.subject.split(".");
      const answer = answers.get(verb);
      if (answer === undefined) return undefined;
      const type = `io.nats.micro.v1.${verb.toLowerCase()}_response`;
      return { kind: "answered", body: toJson({ type, name, id, version, metadata, ...answer() }) };
    });
  }
}

type Answered =
  | { readonly kind: "answered"; readonly body: string }
  | { readonly kind: "refused"; readonly code: string; readonly reason: string };

/** Takes requests in and sends the answers out: the one way in which either happens, and where it is bounded. */
class Exchange {
  readonly #broker: Broker;
  /** Bytes of requests that are being answered. */
  #asked = 0;
  /** Bytes of answers that are on their way to the broker. */
  #answered = 0;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** Without an answer the request is left to others. */
  serve(subject: string, answer: (msg: Msg) => Promise<Answered | undefined>): void {
    this.#broker.nc.subscribe(subject, {
      callback: (error, msg) => {
        // What cannot be sent has nobody to be told to: the connection is closed, or the answer's way is no good.
        if (error === null) this.#handle(msg, answer).catch(() => undefined);
      },
    });
  }

  async #handle(msg: Msg, answer: (msg: Msg) => Promise<Answered | undefined>): Promise<void> {
    if (this.#asked + this.#answered >= mostBytes) {
      return this.#respond(msg, refused("503", "too much is asked at once; ask again in a moment"));
    }
    const size = msg.data.length + overhead;
    this.#asked += size;
    try {
      this.#respond(msg, await answer(msg));
    } finally {
      this.#asked -= size;
    }
  }

  #respond(msg: Msg, answered: Answered | undefined): void {
    const { nc, maxPayload } = this.#broker;
    if (answered === undefined || nc.isClosed() || !this.#mayAnswer(msg.reply)) return;
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
   * An answer goes to an inbox. One who may ask, but not write to the streams, the broker's own subjects or another
   * daemon, must not have it done here by naming such a subject for the reply.
   */
  #mayAnswer(reply: string | undefined): boolean {
    return !reply?.startsWith("$") && !reply?.startsWith(`${this.#broker.namespace}.`);
  }

  async #send(): Promise<void> {
    while (this.#answered > 0) {
      const sent = this.#answered;
      await this.#broker.nc.flush().catch(() => undefined);
      this.#answered -= sent;
    }
  }
}

interface Served {
  readonly info: { readonly name: string; readonly subject: string; readonly queue_group: string };
  readonly stats: {
    num_requests: number;
    num_errors: number;
    last_error: string;
    /** Nanoseconds, of all requests together. */
    processing_time: number;
    average_processing_time: number;
  };
  readonly answer: (msg: Msg) => Promise<Answered>;
}

function served({ name, subject, answer }: Endpoint): Served {
  const stats = { num_requests: 0, num_errors: 0, last_error: "", processing_time: 0, average_processing_time: 0 };
  const answerAndCount = async (msg: Msg): Promise<Answered> => {
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

async function answerOrRefusal(answer: Endpoint["answer"], request: Uint8Array): Promise<Answered> {
  try {
    return { kind: "answered", body: toJson(await answer(request)) };
  } catch (error) {
    return refused(error instanceof StewardError ? "400" : "500", messageOf(error));
  }
}

/** A header is one line of text. */
function refused(code: string, reason: string): Answered {
  return { kind: "refused", code, reason: reason.slice(0, 1000).replaceAll(/\p{Cc}+/gu, " ") };
}

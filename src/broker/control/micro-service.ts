import type { Msg } from "nats";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { toJson } from "../../util/json.ts";
import type { Broker } from "../connection/broker.ts";
import { headersOf } from "../write/publish.ts";

/**
 * One kind of request that a service answers. The result of `answer` is returned as JSON, and an error of `answer` as a
 * refusal.
 */
export interface Endpoint {
  readonly name: string;
  readonly subject: string;
  readonly answer: (body: Uint8Array) => unknown;
}

/** A service that the stock `nats micro` commands can show. */
export interface MicroService {
  readonly name: string;
  /** Each instance of the service has a different id. */
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

/**
 * The limit for the bytes of the requests that are being answered plus the bytes of the answers that the broker has not
 * received.
 */
const mostBytes = 16 * 1024 * 1024;
/** The approximate size of a request without its body. */
const overhead = 1024;

/**
 * Serves the endpoints until the connection is closed. The service also answers `$SRV.PING`, `$SRV.INFO` and
 * `$SRV.STATS`, if the request is for all services, for services with this name, or for this instance. The service uses
 * no queue groups: if a node has two daemons and one daemon is suspended, the second daemon must receive the request.
 * The service never throws, for any request and any number of requests.
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
  // Makes one subscription for all subjects that differ only in the last token, because the broker keeps every
  // subscription of every node in memory.
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
      if (answer === undefined) return undefined;
      const type = `io.nats.micro.v1.${verb.toLowerCase()}_response`;
      return { kind: "answered", body: toJson({ type, name, id, version, metadata, ...answer() }) };
    });
  }
}

type Answered =
  | { readonly kind: "answered"; readonly body: string }
  | { readonly kind: "refused"; readonly code: string; readonly reason: string };

/**
 * Receives requests and sends the answers. All requests and answers pass through this class, so that their bytes can be
 * limited.
 */
class Exchange {
  readonly #broker: Broker;
  /** The bytes of requests that are being answered. */
  #asked = 0;
  /** The bytes of answers that the broker has not received. */
  #answered = 0;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** Answers the requests on a subject. If `answer` resolves to undefined, the request is left to other services. */
  serve(subject: string, answer: (msg: Msg) => Promise<Answered | undefined>): void {
    this.#broker.nc.subscribe(subject, {
      callback: (error, msg) => {
        // If an answer cannot be sent, the error is ignored, because nobody can be informed: the connection is closed,
        // or the reply subject is not usable.
        if (error === null) this.#handle(msg, answer).catch(() => undefined);
      },
    });
  }

  async #handle(msg: Msg, answer: (msg: Msg) => Promise<Answered | undefined>): Promise<void> {
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
   * False if the reply subject is a subject of the broker or of the fleet. A client may have the right to send
   * requests, but no right to write to the streams, to the broker's own subjects or to another daemon. Without this
   * check, the client could name such a subject as the reply subject, and the service would write there.
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
    /** The time for all requests together, in nanoseconds. */
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

/** Makes a refusal. The reason becomes one line of text, because it is sent in a header. */
function refused(code: string, reason: string): Answered {
  return { kind: "refused", code, reason: reason.slice(0, 1000).replaceAll(/\p{Cc}+/gu, " ") };
}

import type { Msg } from "nats";
import { messageOf, StewardError } from "../protocol/errors.ts";
import type { Broker } from "./broker.ts";
import { headersOf } from "./publish.ts";

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

/**
 * Serves endpoints for as long as the connection lives, and answers `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`, for all
 * services, for those of this name, and for this one. There are no queue groups: of two daemons of one node, one of
 * them stopped, the one that lives shall answer.
 */
export function serveMicroService(broker: Broker, service: MicroService): void {
  const { name, id, version, description, metadata } = service;
  const started = new Date().toISOString();
  const endpoints = service.endpoints.map((endpoint) => served(broker, endpoint));
  const bySubject = new Map(endpoints.map((endpoint) => [endpoint.info.subject, endpoint]));
  const answers = new Map([
    ["PING", () => ({})],
    ["INFO", () => ({ description, endpoints: endpoints.map(({ info }) => info) })],
    ["STATS", () => ({ started, endpoints: endpoints.map(({ info, stats }) => ({ ...info, ...stats })) })],
  ]);
  // One subscription for all that differ in a token: the broker keeps each, of each node of the fleet, in memory.
  const folders = new Set(service.endpoints.map(({ subject }) => subject.slice(0, subject.lastIndexOf("."))));
  for (const folder of folders) {
    listen(`${folder}.*`, (msg) => {
      const endpoint = bySubject.get(msg.subject);
      if (endpoint === undefined) refuse(msg, "404", `there is no ${msg.subject} in version ${version} of ${name}`);
      else void endpoint.reply(msg);
    });
  }
  for (const whom of ["", `.${name}`, `.${name}.${id}`]) {
    listen(`$SRV.*${whom}`, (msg) => {
      const [, verb = ""] = msg.subject.split(".");
      const answer = answers.get(verb);
      if (answer === undefined) return;
      const type = `io.nats.micro.v1.${verb.toLowerCase()}_response`;
      msg.respond(JSON.stringify({ type, name, id, version, metadata, ...answer() }));
    });
  }

  function listen(subject: string, heard: (msg: Msg) => void): void {
    broker.nc.subscribe(subject, { callback: (error, msg) => (error === null ? heard(msg) : undefined) });
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
  readonly reply: (msg: Msg) => Promise<void>;
}

function served(broker: Broker, { name, subject, answer }: Endpoint): Served {
  const stats = { num_requests: 0, num_errors: 0, last_error: "", processing_time: 0, average_processing_time: 0 };
  const reply = async (msg: Msg): Promise<void> => {
    const begun = performance.now();
    const answered = await answerOrRefusal(answer, msg.data);
    stats.num_requests += 1;
    stats.processing_time += Math.round((performance.now() - begun) * 1e6);
    stats.average_processing_time = Math.round(stats.processing_time / stats.num_requests);
    if (answered.kind === "refused") {
      stats.num_errors += 1;
      stats.last_error = `${answered.code}:${answered.reason}`;
    }
    if (broker.nc.isClosed()) return;
    if (answered.kind === "answered") msg.respond(answered.body);
    else refuse(msg, answered.code, answered.reason);
  };
  return { info: { name, subject, queue_group: "" }, stats, reply };
}

function refuse(msg: Msg, code: string, reason: string): void {
  msg.respond("", { headers: headersOf({ [errorCodeHeader]: code, [errorHeader]: reason }) });
}

type Answered =
  | { readonly kind: "answered"; readonly body: string }
  | { readonly kind: "refused"; readonly code: string; readonly reason: string };

async function answerOrRefusal(answer: Endpoint["answer"], request: Uint8Array): Promise<Answered> {
  try {
    return { kind: "answered", body: JSON.stringify(await answer(request)) };
  } catch (error) {
    // A header is one line of text.
    const reason = messageOf(error).replaceAll(/\p{Cc}+/gu, " ");
    return { kind: "refused", code: error instanceof StewardError ? "400" : "500", reason };
  }
}

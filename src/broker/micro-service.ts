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
  const endpoints = service.endpoints.map((endpoint) => serveEndpoint(broker, endpoint));
  const answers = {
    PING: () => ({}),
    INFO: () => ({ description, endpoints: endpoints.map(({ info }) => info) }),
    STATS: () => ({ started, endpoints: endpoints.map(({ info, stats }) => ({ ...info, ...stats })) }),
  };
  for (const [verb, answer] of Object.entries(answers)) {
    const type = `io.nats.micro.v1.${verb.toLowerCase()}_response`;
    const callback = (error: Error | null, msg: Msg): void => {
      if (error === null) msg.respond(JSON.stringify({ type, name, id, version, metadata, ...answer() }));
    };
    for (const whom of ["", `.${name}`, `.${name}.${id}`]) broker.nc.subscribe(`$SRV.${verb}${whom}`, { callback });
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
}

function serveEndpoint(broker: Broker, { name, subject, answer }: Endpoint): Served {
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
    else msg.respond("", { headers: headersOf({ [errorCodeHeader]: answered.code, [errorHeader]: answered.reason }) });
  };
  broker.nc.subscribe(subject, {
    callback: (error, msg) => {
      if (error === null) void reply(msg);
    },
  });
  return { info: { name, subject, queue_group: "" }, stats };
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

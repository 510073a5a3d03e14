import { nodeFilters } from "../protocol/subjects.ts";
import type { Broker } from "./connect.ts";
import { serverCodes } from "./publish.ts";

/** The state of the consumer after a resync. */
export interface Reset {
  /** The consumer's creation time: when it changes, the stream was made anew and everything held is void. */
  readonly created: string;
  /** The broker's clock in milliseconds since 1970, and this process's `performance.now()` at the same moment. */
  readonly brokerTime: number;
  readonly localTime: number;
}

export interface ConsumerAnswer {
  readonly created: string;
  readonly ts: string;
  readonly num_pending: number;
  readonly num_ack_pending: number;
  readonly error?: { readonly code: number; readonly err_code: number; readonly description: string };
}

const second = 1_000_000_000;

/** The configuration of a node's durable consumer: one reader, who does the redelivery by itself through resets. */
export function consumerConfig(namespace: string, node: string): Record<string, unknown> {
  return {
    durable_name: node,
    name: node,
    description: "Steward node",
    ack_policy: "explicit",
    ack_wait: 24 * 3600 * second,
    max_deliver: -1,
    max_ack_pending: -1,
    filter_subjects: nodeFilters(namespace, node),
  };
}

/** Creates the node's durable consumer unless it exists. Returns its state; an `error` is the broker's refusal. */
export async function ensureConsumer(broker: Broker, node: string): Promise<ConsumerAnswer> {
  const stream = broker.names.messages;
  const body = { stream_name: stream, config: consumerConfig(broker.namespace, node) };
  return ask(broker, `$JS.API.CONSUMER.CREATE.${stream}.${node}`, JSON.stringify(body));
}

/** The state of the node's durable consumer; an `error` of code 404 says that there is none. */
export async function consumerInfo(broker: Broker, node: string): Promise<ConsumerAnswer> {
  return ask(broker, `$JS.API.CONSUMER.INFO.${broker.names.messages}.${node}`, "");
}

/**
 * Makes the broker deliver everything unacknowledged again, in order. The consumer must exist: the server does not
 * answer for one that does not.
 */
export async function resetConsumer(broker: Broker, node: string): Promise<Reset> {
  const before = performance.now();
  const answer = await ask(broker, `$JS.API.CONSUMER.RESET.${broker.names.messages}.${node}`, "");
  if (answer.error !== undefined) throw new Error(answer.error.description);
  const localTime = (before + performance.now()) / 2;
  return { created: answer.created, brokerTime: Date.parse(answer.ts), localTime };
}

async function ask(broker: Broker, subject: string, body: string): Promise<ConsumerAnswer> {
  return (await broker.nc.request(subject, body, { timeout: 5000 })).json();
}

/** True when the answer says that the stream itself is not there. */
export function isStreamMissing({ error }: ConsumerAnswer): boolean {
  return error?.err_code === serverCodes.streamNotFound;
}

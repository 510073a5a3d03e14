import { StewardError } from "../protocol/errors.ts";
import { nodeFilters } from "../protocol/subjects.ts";
import { askApi, type ApiError } from "./api.ts";
import type { Broker } from "./broker.ts";
import { serverCodes, streamsMissing } from "./server-codes.ts";

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
  readonly error?: ApiError;
}

const second = 1_000_000_000;

/** The configuration of a node's durable consumer: one reader, who does the redelivery by itself through resets. */
function consumerConfig(namespace: string, node: string): Record<string, unknown> {
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

/**
 * Creates the node's durable consumer unless it exists; one that exists is left as it is. Rejects with silence while
 * nobody answers.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function ensureConsumer(broker: Broker, node: string): Promise<void> {
  const { error: absent } = await consumerInfo(broker, node);
  if (absent === undefined) return;
  if (absent.err_code !== serverCodes.consumerNotFound) throw refused(broker, node, absent);
  const stream = broker.names.messages;
  const request = { stream_name: stream, action: "create", config: consumerConfig(broker.namespace, node) };
  const { error } = await askApi<ConsumerAnswer>(
    broker,
    `$JS.API.CONSUMER.CREATE.${stream}.${node}`,
    JSON.stringify(request),
  );
  if (error !== undefined && error.err_code !== serverCodes.consumerExists) throw refused(broker, node, error);
}

/** The state of the node's durable consumer, or the broker's refusal to tell. */
export async function consumerInfo(broker: Broker, node: string): Promise<ConsumerAnswer> {
  return askApi(broker, `$JS.API.CONSUMER.INFO.${broker.names.messages}.${node}`, "");
}

/**
 * Makes the broker deliver everything unacknowledged again, in order. The consumer must exist: the server does not
 * answer for one that does not.
 */
export async function resetConsumer(broker: Broker, node: string): Promise<Reset> {
  const before = performance.now();
  const answer = await askApi<ConsumerAnswer>(broker, `$JS.API.CONSUMER.RESET.${broker.names.messages}.${node}`, "");
  if (answer.error !== undefined) throw refused(broker, node, answer.error);
  const localTime = (before + performance.now()) / 2;
  return { created: answer.created, brokerTime: Date.parse(answer.ts), localTime };
}

function refused({ names }: Broker, node: string, error: ApiError): StewardError {
  if (error.err_code === serverCodes.streamNotFound) return streamsMissing(names.messages);
  return new StewardError("brokerRefused", `the broker refused the consumer of ${node}: ${error.description}`);
}

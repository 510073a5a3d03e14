import type { ApiError } from "@nats-io/jetstream";
import { errors } from "nats";
import type { StewardError } from "../../protocol/errors.ts";
import { nodeFilter } from "../../protocol/subjects.ts";
import { askApi, refusedBy } from "../connection/api.ts";
import type { Broker } from "../connection/broker.ts";
import { manageStream, refusalIn } from "../connection/packages.ts";
import { serverCodes } from "../connection/server-codes.ts";
import { driftOf } from "./drift.ts";
import { createElsewhere, nobodyHas } from "./lost-consumer.ts";

/** The broker's answer about a consumer. If `error` is set, the other fields are missing. */
export interface ConsumerAnswer {
  /**
   * The creation time of the consumer. If this time changes, the consumer was deleted and created again, and perhaps the
   * queue too. So no message that the node has received counts any more.
   */
  readonly created: string;
  /** The time of the answer, by the broker's clock. */
  readonly ts: string;
  readonly num_pending: number;
  /** The last sequence of the stream that the consumer has delivered. */
  readonly delivered?: { readonly stream_seq: number };
  readonly num_ack_pending: number;
  /** The number of open requests for messages. */
  readonly num_waiting: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** True if an operator has paused the deliveries until `config.pause_until`. */
  readonly paused?: boolean;
  readonly error?: ApiError;
}

/** The fields of a consumer that were changed. `refusal` is the reason if the fields cannot be restored. */
export interface Restored {
  readonly changed: readonly string[];
  readonly refusal?: string | undefined;
  /** True if the consumer's server is away, so that the consumer was created on another server. */
  readonly moved?: boolean;
}

/** The earlier tries of a request for a consumer. */
export interface Tries {
  /** The number of earlier tries without an answer; by default 0. */
  readonly tries?: number;
  /** True if there was a sign that no server has the consumer. */
  readonly isInDoubt?: boolean;
}

const second = 1_000_000_000;

/**
 * The timeout of a request grows with each try. A consumer without a leader gives no answer and must be asked again, so
 * the first timeout is short. When a whole fleet reconnects at once, the broker answers late, and more requests would
 * delay its answers even more, so later timeouts are long.
 */
const timeoutOf = (tries: number): number => Math.min(2000 * 2 ** tries, 30_000);

/** The timeout of a question about a consumer that no server seems to have, in milliseconds. */
const lostMs = 1000;

/** Fields that could keep messages or their payloads from the node. They must not be set. */
const unset = {
  backoff: undefined,
  deliver_subject: undefined,
  filter_subjects: undefined,
  headers_only: undefined,
  inactive_threshold: undefined,
  max_batch: undefined,
  max_bytes: undefined,
  max_expires: undefined,
  priority_policy: undefined,
};

/**
 * The configuration of a node's durable consumer. Only the node's daemon reads from the consumer. It does not need the
 * broker to redeliver anything: to get the messages again, it resets the consumer. It does not acknowledge a delivery,
 * but removes the message from the queue, and the broker then counts the message as acknowledged.
 */
function consumerConfig(namespace: string, node: string): Record<string, unknown> {
  return {
    ...unset,
    durable_name: node,
    name: node,
    description: "Steward node",
    ack_policy: "explicit",
    ack_wait: 24 * 3600 * second,
    max_deliver: -1,
    max_ack_pending: -1,
    filter_subject: nodeFilter(namespace, node),
  };
}

/**
 * Creates the node's durable consumer if it does not exist, and restores its changed fields. Rejects with silence (see
 * `isSilence`) if no answer comes.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function restoreConsumer(broker: Broker, node: string, tries: Tries = {}): Promise<Restored> {
  const found = await consumerThere(broker, node, tries);
  if (typeof found === "string") return { changed: [], ...(found === "moved" ? { moved: true } : {}) };
  const changed = changedFields(broker, node, found);
  if (changed.length === 0) return { changed };
  const config = { ...found.config, ...consumerConfig(broker.namespace, node) };
  const { error } = await writeConsumer(broker, node, "update", config);
  return { changed, refusal: error?.description };
}

/** The fields of the node's consumer that differ from the configuration that the node needs. */
export function changedFields({ namespace }: Broker, node: string, { config }: ConsumerAnswer): readonly string[] {
  return driftOf({ name: node, ...consumerConfig(namespace, node) }, config).map(({ field }) => field);
}

/**
 * The state of the node's durable consumer, or the broker's refusal. `tries` is the number of earlier tries without an
 * answer.
 */
export async function consumerInfo(
  broker: Broker,
  node: string,
  tries: number = 0,
  timeout: number = timeoutOf(tries),
): Promise<ConsumerAnswer> {
  return askApi(broker, `$JS.API.CONSUMER.INFO.${broker.names.messages}.${node}`, "", timeout);
}

/**
 * Makes the broker deliver all messages in the node's queue again, in order. The node has removed the messages
 * that ended. The deliveries begin with the first message of the queue, not at the consumer's position, because only the
 * queue shows which messages are left. The consumer must exist, because the server gives no answer for a missing
 * consumer. `tries` is the number of earlier tries without an answer.
 */
export async function resetConsumer(
  broker: Broker,
  node: string,
  tries: number = 0,
): Promise<Pick<ConsumerAnswer, "created" | "ts">> {
  const stream = broker.names.messages;
  const how = { stream, failed: refusedOf(node), timeout: timeoutOf(tries) };
  const { created, ts = "" } = await manageStream(broker, how, ({ consumers }) => consumers.reset(stream, node, 1));
  return { created, ts };
}

/**
 * Removes the node's durable consumer if it exists. The node's messages stay in the queue.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function removeConsumer(broker: Broker, node: string): Promise<void> {
  const stream = broker.names.messages;
  await manageStream(broker, { stream, failed: refusedOf(node) }, async ({ consumers }) => {
    await consumers.delete(stream, node).catch((error: unknown) => {
      if (refusalIn(error)?.err_code !== serverCodes.consumerNotFound) throw error;
    });
  });
}

/**
 * The consumer, if it exists and a server has it. Otherwise creates it; the text says whether it is new, or was `moved`
 * because its server is away.
 */
async function consumerThere(
  broker: Broker,
  node: string,
  { tries = 0, isInDoubt = false }: Tries,
): Promise<ConsumerAnswer | "created" | "moved"> {
  const nobody = isInDoubt && (await nobodyHas(broker, node));
  const found = await consumerInfo(broker, node, tries, nobody ? lostMs : undefined).catch((error: unknown) => {
    // Other errors say nothing about the consumer. If `nobody` is false, the broker is only busy.
    if (nobody && error instanceof errors.TimeoutError) return undefined;
    throw error;
  });
  const code = found?.error?.err_code;
  if (found === undefined || code === serverCodes.consumerOffline) {
    // Rejects if the broker does not answer about the stream either. In that case the consumer may still exist.
    const stream = broker.names.messages;
    await manageStream(broker, { stream, failed: refusedOf(node) }, ({ streams }) => streams.info(stream));
    await createElsewhere(broker, node, (timeout) => createConsumer(broker, node, timeout));
    return "moved";
  }
  if (found.error === undefined) return found;
  if (code !== serverCodes.consumerNotFound) throw refused(broker, node, found.error);
  await createConsumer(broker, node);
  return "created";
}

/**
 * Creates the consumer with one replica. Its state can be made again from the queue, and several replicas would be a
 * Raft group for each node.
 */
async function createConsumer(broker: Broker, node: string, timeout?: number): Promise<void> {
  const config = consumerConfig(broker.namespace, node);
  let { error } = await writeConsumer(broker, node, "create", { ...config, num_replicas: 1 }, timeout);
  if (error?.err_code === serverCodes.replicasMustMatch) {
    // The queue of an older version is a work queue, whose consumers have the replicas of the stream.
    ({ error } = await writeConsumer(broker, node, "create", config, timeout));
  }
  if (error !== undefined && error.err_code !== serverCodes.consumerExists) throw refused(broker, node, error);
}

async function writeConsumer(
  broker: Broker,
  node: string,
  action: "create" | "update",
  config: Readonly<Record<string, unknown>>,
  timeout?: number,
): Promise<ConsumerAnswer> {
  const stream = broker.names.messages;
  const request = { stream_name: stream, action, config };
  // With the filter in the subject, a permission can name the filter.
  const subject = `$JS.API.CONSUMER.CREATE.${stream}.${node}.${nodeFilter(broker.namespace, node)}`;
  return askApi(broker, subject, JSON.stringify(request), timeout);
}

function refused({ names }: Broker, node: string, error: ApiError): StewardError {
  return refusedBy(names.messages, error, refusedOf(node));
}

function refusedOf(node: string): string {
  return `the broker refused the consumer of ${node}`;
}

import type { ApiError } from "@nats-io/jetstream";
import type { StewardError } from "../../protocol/errors.ts";
import { nodeFilter } from "../../protocol/subjects.ts";
import { askApi, refusedBy } from "../connection/api.ts";
import type { Broker } from "../connection/broker.ts";
import { manageStream, refusalIn } from "../connection/packages.ts";
import { serverCodes } from "../connection/server-codes.ts";
import { driftOf } from "./drift.ts";

/** The broker's answer about a consumer; with an error, the other fields are missing. */
export interface ConsumerAnswer {
  /** When it changes, the stream was deleted and created again, and every held message is void. */
  readonly created: string;
  /** The broker's clock. */
  readonly ts: string;
  readonly num_pending: number;
  /** The last sequence of the stream that it has delivered. */
  readonly delivered?: { readonly stream_seq: number };
  readonly num_ack_pending: number;
  /** The open requests for messages. */
  readonly num_waiting: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** An operator has paused the deliveries until `config.pause_until`. */
  readonly paused?: boolean;
  readonly error?: ApiError;
}

/** The fields of a consumer that were changed, and the reason if they cannot be restored. */
export interface Restored {
  readonly changed: readonly string[];
  readonly refusal?: string | undefined;
}

const second = 1_000_000_000;

/**
 * A consumer without a leader does not answer at all, and is asked again: a longer wait would only extend the stall. A
 * broker to which a whole fleet returns at once answers late, and each repeat would make it later.
 */
const timeoutOf = (tries: number): number => Math.min(2000 * 2 ** tries, 30_000);

/** Fields that would keep messages, or their payloads, from the node; the node relies on them being unset. */
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
 * The configuration of a node's durable consumer: one reader, which causes redelivery itself through resets. It has one
 * filter, because the server compares the filters of a work queue's consumers pairwise when one is created, and when it
 * starts (10,000 nodes: 15 s; with two filters, 52 s).
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
 * Creates the node's durable consumer unless it exists; an existing one is left unchanged. Rejects with silence without
 * an answer.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function ensureConsumer(broker: Broker, node: string): Promise<void> {
  await consumerThere(broker, node);
}

/** Creates the node's durable consumer, or restores fields that were changed. Rejects as `ensureConsumer` does. */
export async function restoreConsumer(broker: Broker, node: string, tries: number = 0): Promise<Restored> {
  const found = await consumerThere(broker, node, tries);
  const changed = found === undefined ? [] : changedFields(broker, node, found);
  if (changed.length === 0) return { changed };
  const config = { ...found?.config, ...consumerConfig(broker.namespace, node) };
  const { error } = await writeConsumer(broker, node, "update", config);
  return { changed, refusal: error?.description };
}

/** The fields in which the node's consumer differs from what the node needs. */
export function changedFields({ namespace }: Broker, node: string, { config }: ConsumerAnswer): readonly string[] {
  return driftOf({ name: node, ...consumerConfig(namespace, node) }, config).map(({ field }) => field);
}

/** The names of all consumers of the queue, which are those of their nodes; the broker returns them page by page. */
export async function consumerNames(broker: Broker): Promise<Set<string>> {
  const stream = broker.names.messages;
  const found = new Set<string>();
  for (let total = 1; found.size < total;) {
    const body = JSON.stringify({ offset: found.size });
    const page = await askApi<NamesAnswer>(broker, `$JS.API.CONSUMER.NAMES.${stream}`, body);
    if (page.error !== undefined) throw refusedBy(stream, page.error, `the broker does not list ${stream}'s consumers`);
    for (const name of page.consumers ?? []) found.add(name);
    total = (page.consumers ?? []).length === 0 ? 0 : (page.total ?? 0);
  }
  return found;
}

interface NamesAnswer {
  readonly consumers?: readonly string[];
  readonly total?: number;
  readonly error?: ApiError;
}

/** The state of the node's durable consumer, or the broker's refusal; `tries` is how often it was silent before. */
export async function consumerInfo(broker: Broker, node: string, tries: number = 0): Promise<ConsumerAnswer> {
  return askApi(broker, `$JS.API.CONSUMER.INFO.${broker.names.messages}.${node}`, "", timeoutOf(tries));
}

/**
 * Makes the broker deliver again, in order, whatever the stream still holds for the node; acknowledged messages are no
 * longer there. It begins at the first message, not at the consumer's own position, which may be after messages that
 * have come back: a broker with a full disk had stored an acknowledgement, but not the removal of its message. The
 * consumer must exist, because the server does not answer for a missing one. `tries` is how often it was silent before.
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
 * Removes the node's durable consumer, if it exists. The node's messages stay in the queue.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function removeConsumer(broker: Broker, node: string): Promise<void> {
  const stream = broker.names.messages;
  await manageStream(broker, { stream, failed: refusedOf(node) }, async ({ consumers }) => {
    await consumers.delete(stream, node).catch((error: unknown) => {
      if (refusalIn(error)?.err_code !== serverCodes.consumerNotFound) throw error;
    });
  });
  broker.preparedNodes.delete(node);
}

/** The existing consumer; undefined when it was created just now. */
async function consumerThere(broker: Broker, node: string, tries: number = 0): Promise<ConsumerAnswer | undefined> {
  const found = await consumerInfo(broker, node, tries);
  if (found.error === undefined) return found;
  if (found.error.err_code !== serverCodes.consumerNotFound) throw refused(broker, node, found.error);
  const { error } = await writeConsumer(broker, node, "create", consumerConfig(broker.namespace, node));
  if (error !== undefined && error.err_code !== serverCodes.consumerExists) throw refused(broker, node, error);
  return undefined;
}

async function writeConsumer(
  broker: Broker,
  node: string,
  action: "create" | "update",
  config: Readonly<Record<string, unknown>>,
): Promise<ConsumerAnswer> {
  const stream = broker.names.messages;
  const request = { stream_name: stream, action, config };
  return askApi(broker, `$JS.API.CONSUMER.CREATE.${stream}.${node}`, JSON.stringify(request));
}

function refused({ names }: Broker, node: string, error: ApiError): StewardError {
  return refusedBy(names.messages, error, refusedOf(node));
}

function refusedOf(node: string): string {
  return `the broker refused the consumer of ${node}`;
}

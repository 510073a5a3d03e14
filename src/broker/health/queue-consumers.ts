import type { ConsumerInfo } from "@nats-io/jetstream";
import { nodeFilter } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { manageStream } from "../connection/packages.ts";

/**
 * A consumer of the queue that does not belong to a node. Such a consumer takes messages away from nodes, or prevents
 * the consumer of a node.
 */
export interface ForeignConsumer {
  readonly name: string;
  readonly filters: readonly string[];
}

export interface QueueConsumers {
  readonly nodes: number;
  readonly foreign: readonly ForeignConsumer[];
  /** The nodes whose deliveries an operator has paused. */
  readonly paused: readonly string[];
}

/** Lists all consumers of the queue. @throws StewardError streamsMissing, brokerRefused */
export async function queueConsumers(broker: Broker): Promise<QueueConsumers> {
  const stream = broker.names.messages;
  const failed = `the broker does not list the consumers of ${stream}`;
  const listed = await manageStream(broker, { stream, failed }, async ({ consumers }) => {
    const found: ConsumerInfo[] = [];
    for await (const one of consumers.list(stream)) found.push(one);
    return found;
  });
  const foreign = listed.flatMap(({ name, config }) => {
    const filters = config.filter_subjects ?? (config.filter_subject === undefined ? [] : [config.filter_subject]);
    const isOwn = filters.length === 1 && filters[0] === nodeFilter(broker.namespace, name);
    return isOwn ? [] : [{ name, filters }];
  });
  const paused = listed.filter((one) => one.paused === true).map(({ name }) => name);
  return { nodes: listed.length - foreign.length, foreign, paused };
}

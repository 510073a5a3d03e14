import type { ConsumerInfo } from "@nats-io/jetstream";
import { nodeFilter } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { manageStream } from "../connection/packages.ts";

export interface QueueConsumers {
  /** The number of consumers that look like a node's own: the only filter is for the node with the consumer's name. */
  readonly nodes: number;
  /** The number of other consumers. They remove nothing from the queue. */
  readonly others: number;
  /** The nodes whose deliveries an operator has paused. */
  readonly paused: readonly string[];
}

/** Counts the consumers of the queue. @throws StewardError streamsMissing, brokerRefused */
export async function queueConsumers(broker: Broker): Promise<QueueConsumers> {
  const stream = broker.names.messages;
  const failed = `the broker does not list the consumers of ${stream}`;
  const listed = await manageStream(broker, { stream, failed }, async ({ consumers }) => {
    const found: ConsumerInfo[] = [];
    for await (const one of consumers.list(stream)) found.push(one);
    return found;
  });
  const own = listed.filter(({ name, config }) => config.filter_subject === nodeFilter(broker.namespace, name));
  const paused = own.filter((one) => one.paused === true).map(({ name }) => name);
  return { nodes: own.length, others: listed.length - own.length, paused };
}

import { nodeFilter } from "../../protocol/subjects.ts";
import { askApi, refusedBy, type ApiError } from "../connection/api.ts";
import type { Broker } from "../connection/broker.ts";

/**
 * A consumer of the queue that does not belong to a node: it takes messages away from nodes, or keeps nodes from having
 * a consumer.
 */
export interface ForeignConsumer {
  readonly name: string;
  readonly filters: readonly string[];
}

export interface QueueConsumers {
  readonly nodes: number;
  readonly foreign: readonly ForeignConsumer[];
  /** Nodes for which an operator has paused the deliveries. */
  readonly paused: readonly string[];
}

interface Listed {
  readonly name: string;
  readonly paused?: boolean;
  readonly config: { readonly filter_subject?: string; readonly filter_subjects?: readonly string[] };
}

interface Page {
  readonly total: number;
  readonly consumers?: readonly Listed[];
  readonly error?: ApiError;
}

/** Lists all consumers of the queue. @throws StewardError streamsMissing, brokerRefused */
export async function queueConsumers(broker: Broker): Promise<QueueConsumers> {
  const listed = await consumersOf(broker, broker.names.messages);
  const foreign = listed.flatMap(({ name, config }) => {
    const filters = config.filter_subjects ?? (config.filter_subject === undefined ? [] : [config.filter_subject]);
    const isOwn = filters.length === 1 && filters[0] === nodeFilter(broker.namespace, name);
    return isOwn ? [] : [{ name, filters }];
  });
  const paused = listed.filter((one) => one.paused === true).map(({ name }) => name);
  return { nodes: listed.length - foreign.length, foreign, paused };
}

async function consumersOf(broker: Broker, stream: string): Promise<Listed[]> {
  const found: Listed[] = [];
  for (let total = 1; found.length < total;) {
    const body = JSON.stringify({ offset: found.length });
    const page = await askApi<Page>(broker, `$JS.API.CONSUMER.LIST.${stream}`, body);
    if (page.error !== undefined)
      throw refusedBy(stream, page.error, `the broker does not list the consumers of ${stream}`);
    found.push(...(page.consumers ?? []));
    total = (page.consumers ?? []).length === 0 ? 0 : page.total;
  }
  return found;
}

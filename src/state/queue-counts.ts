import type { Broker } from "../broker/connection/broker.ts";
import { getPage } from "../broker/read/page.ts";
import { countQueued } from "../broker/read/queued.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import { messageFilter, type Tokens } from "../protocol/subjects.ts";
import { inParallel } from "../util/in-parallel.ts";
import { knownNames } from "./known-nodes.ts";

/** The number of subjects that the broker lists in one answer. */
const onePage = 100_000;
const requestsAtOnce = 50;

/**
 * Counts the messages in the queue that match `tokens`, for each result of `groupOf`. The broker lists the subjects
 * page by page, and collects all of them again for every page. So a queue of more than `longest` messages is counted
 * node by node: 600,000 messages of 10,000 nodes in 4 s instead of 9 s. If unknown names have messages too, these
 * counts are not complete, and all subjects are listed nevertheless.
 */
export async function countInQueue(
  broker: Broker,
  tokens: Tokens,
  groupOf: (subject: string) => string,
  longest: number = onePage,
): Promise<Map<string, number>> {
  const filter = messageFilter(broker.namespace, tokens);
  const { state } = await streamInfo(broker, broker.names.messages);
  if (tokens.node !== undefined || (state?.messages ?? 0) <= longest) return countQueued(broker, filter, groupOf);
  const before = await matching(broker, filter);
  const counts = new Map<string, number>();
  await inParallel(await knownNames(broker), requestsAtOnce, async (node) => {
    const ofNode = await countQueued(broker, messageFilter(broker.namespace, { ...tokens, node }), groupOf);
    for (const [group, count] of ofNode) counts.set(group, (counts.get(group) ?? 0) + count);
  });
  const counted = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const isAll = counted >= Math.max(before, await matching(broker, filter));
  return isAll ? counts : countQueued(broker, filter, groupOf);
}

/** The number of messages that match the filter. */
async function matching(broker: Broker, filter: string): Promise<number> {
  const { messages, more } = await getPage(broker, broker.names.messages, { filter, from: 1, most: 1 });
  return messages.length + more;
}

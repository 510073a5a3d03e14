import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../broker/broker.ts";
import { consumerInfo } from "../broker/consumer.ts";
import { queuedSubjects } from "../broker/queue.ts";
import { nodeFilters } from "../protocol/subjects.ts";

/** The subjects of the messages that the daemon holds. */
type HeldSubjects = () => ReadonlySet<string>;

/** A delivery may be on its way while the two sides are compared; what is missing must be so twice. */
const secondLookMs = 2000;

/**
 * Whether the stream holds messages for this node that the daemon does not have. The consumer's own counters go wrong
 * after a purge and after a crash of the broker, so they are only the cheap first look.
 */
export async function missesMessages(
  broker: Broker,
  node: string,
  heldCount: number,
  held: HeldSubjects,
  signal: AbortSignal,
): Promise<boolean> {
  const { num_pending, num_ack_pending, error } = await consumerInfo(broker, node);
  if (error !== undefined) return true;
  if (num_pending + num_ack_pending === heldCount) return false;
  const first = await missing(broker, node, held);
  if (first.length === 0) return false;
  await delay(secondLookMs, undefined, { signal });
  const second = new Set(await missing(broker, node, held));
  return first.some((subject) => second.has(subject));
}

async function missing(broker: Broker, node: string, held: HeldSubjects): Promise<string[]> {
  const inStream: string[] = [];
  for (const filter of nodeFilters(broker.namespace, node)) {
    inStream.push(...(await queuedSubjects(broker, filter)).keys());
  }
  const here = held();
  return inStream.filter((subject) => !here.has(subject));
}

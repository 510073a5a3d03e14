import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../../../src/broker/connection/broker.ts";
import { streamInfo } from "../../../src/broker/read/stream-info.ts";
import { consumerInfo } from "../../../src/broker/topology/consumer.ts";
import { newId } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { ping, type Work } from "./kinds.ts";

/** This number of messages for a node, of each kind of work in turn. */
export function messagesFor(node: string, count: number, ...kinds: readonly Work[]): Message[] {
  return Array.from({ length: count }, (_, at) => {
    const work = kinds[at % kinds.length] ?? ping;
    return { ...work, id: newId(), node, from: "bench", createdAt: new Date().toISOString() };
  });
}

/** Resolves when a node has handled all messages that were queued for it. */
export async function untilDrained(broker: Broker, node: string): Promise<void> {
  for (;;) {
    const { error, num_pending: pending, num_ack_pending: unsettled } = await consumerInfo(broker, node);
    if (error !== undefined) throw new Error(`${node} has no consumer: ${error.description}`);
    if (pending + unsettled === 0) return;
    await delay(20);
  }
}

/** Resolves when all nodes have handled all queued messages. */
export async function untilAllDrained(broker: Broker): Promise<void> {
  const queue = () => broker.untilAnswered(() => streamInfo(broker, broker.names.messages));
  while (((await queue()).state?.messages ?? 0) > 0) await delay(20);
}

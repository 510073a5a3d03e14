import type { JetStreamClient } from "@nats-io/jetstream";
import { nuid, type NatsConnection } from "nats";

/**
 * Sends a program to a plain durable consumer, and resolves when its result arrives, which must be a success. The
 * result may not be stored by then: the client does not learn that.
 */
export async function runPlain(
  nc: NatsConnection,
  js: JetStreamClient,
  node: string,
  data: readonly string[],
): Promise<void> {
  const id = nuid.next();
  const ended = new Promise<number>((resolve) => {
    nc.subscribe(`plain.result.${node}.${id}`, {
      max: 1,
      callback: (_error, msg) => resolve(msg.json<{ exitCode: number }>().exitCode),
    });
  });
  const message = { id, node, data, from: "bench", createdAt: new Date().toISOString() };
  await js.publish(`plain.job.${node}.${id}`, JSON.stringify(message));
  const exitCode = await ended;
  if (exitCode !== 0) throw new Error(`${id} ended with ${exitCode}`);
}

import { AckPolicy, jetstream, jetstreamManager, RetentionPolicy } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import { spawned } from "./spawned.ts";

const [jobs, results] = ["PLAIN_JOBS", "PLAIN_RESULTS"];

/** Makes the two streams of the plain durable consumers: a work queue, and the results of its messages. */
export async function plainStreams(nc: NatsConnection): Promise<void> {
  const { streams } = await jetstreamManager(nc);
  await streams.add({ name: jobs, subjects: ["plain.job.*.*"], retention: RetentionPolicy.Workqueue });
  await streams.add({ name: results, subjects: ["plain.result.*.*"] });
}

/**
 * What many would write themselves: pulls one message, runs its program, stores the result, acknowledges, and goes on
 * with the next. It keeps no journal, so that a crash repeats a command while its orphan still runs, behind later ones.
 */
export async function servePlain(nc: NatsConnection, node: string): Promise<void> {
  const [js, jsm] = [jetstream(nc), await jetstreamManager(nc)];
  const filter = `plain.job.${node}.*`;
  await jsm.consumers.add(jobs, { durable_name: node, ack_policy: AckPolicy.Explicit, filter_subject: filter });
  const consumer = await js.consumers.get(jobs, node);
  void (async () => {
    for (;;) {
      const msg = await consumer.next();
      if (msg === null) continue;
      const { id, data } = msg.json<{ readonly id: string; readonly data: readonly string[] }>();
      const result = { id, node, state: "succeeded", ...(await spawned(data)) };
      await js.publish(`plain.result.${node}.${id}`, JSON.stringify(result));
      msg.ack();
    }
  })();
}

import { jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import { headers, type NatsConnection } from "nats";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import type { Message } from "../../src/protocol/message.ts";
import { messageSubject } from "../../src/protocol/subjects.ts";
import { messageByHand } from "./by-hand.ts";

/** The queue as the versions before the removal by the node created it. */
const oldQueue = {
  name: "STEWARD_MESSAGES",
  description: "Messages that no node has answered for yet; one durable consumer a node",
  subjects: ["steward.*.command.*.*", "steward.*.event.*.*"],
  retention: "workqueue",
  storage: "file",
  discard: "new",
  duplicate_window: 120_000_000_000,
  max_consumers: 100_000,
  allow_direct: true,
  allow_msg_ttl: true,
  allow_atomic: true,
  sources: [
    {
      name: "STEWARD_SCHEDULES",
      subject_transforms: [
        {
          src: "steward.*.scheduled.*.*.*",
          dest: "steward.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}.{{wildcard(4)}}",
        },
      ],
    },
  ],
} as unknown as StreamConfig;

/** A fleet's streams, with the queue of an older version. */
export async function applyOldTopology(nc: NatsConnection, replicas: number = 1): Promise<void> {
  await applyTopology(nc, { namespace: "steward", replicas });
  const { streams } = await jetstreamManager(nc);
  await streams.delete(oldQueue.name);
  await streams.add({ ...oldQueue, num_replicas: replicas });
}

/** Stores a message as a sender does. Resolves to the broker's answer. */
export async function storeMessage(nc: NatsConnection, message: Partial<Message>): Promise<{ seq: number }> {
  const made = messageByHand(message);
  const subject = messageSubject("steward", made);
  const header = headers();
  header.set("Nats-Msg-Id", subject);
  return (await nc.request(subject, JSON.stringify(made), { headers: header, timeout: 5000 })).json();
}

/** Lets the broker send a message in a moment, as a schedule does. */
export async function storeSchedule(nc: NatsConnection, message: Partial<Message>, lifetime: string): Promise<void> {
  const made = messageByHand(message);
  const header = headers();
  header.set("Nats-Schedule", `@at ${new Date(Date.now() + 20).toISOString()}`);
  header.set("Nats-Schedule-Target", `steward.${made.node}.scheduled.${made.messageType}.${made.subject}.${made.id}`);
  header.set("Nats-Schedule-TTL", lifetime);
  const subject = `steward.${made.node}.schedule.${made.messageType}.${made.subject}.${made.id}`;
  await nc.request(subject, JSON.stringify({ ...made, expires: lifetime }), { headers: header, timeout: 5000 });
}

import type { NatsConnection } from "nats";
import { isFinal, type Ack } from "../../src/protocol/ack.ts";
import type { LaneHold } from "../../src/protocol/lane-hold.ts";
import type { Message } from "../../src/protocol/message.ts";
import { ackSubject, messageSubject } from "../../src/protocol/subjects.ts";

const time = "2026-01-31T12:00:00.000Z";

/** A message as somebody may have sent it. */
export function messageByHand(changes: Partial<Message> = {}): Message {
  const address = { id: "m", node: "ship1", messageType: "command", subject: "exec" } as const;
  return { ...address, data: ["uname", "-a"], from: "ann", createdAt: time, ...changes };
}

/** An ACK as a node may have written it; a final one holds its message. */
export function ackByHand({ message, ...changes }: Partial<Ack> = {}): Ack {
  const ack: Ack = { ...addressed(messageByHand()), state: "succeeded", attempt: 1, instance: "LIFE", ...changes };
  const original = message ?? messageByHand(addressed(ack));
  return isFinal(ack) ? { startedAt: time, finishedAt: time, durationMs: 5, message: original, ...ack } : ack;
}

/** Stores messages in the queue and ACKs in the log, without any node, in their order. */
export async function storeByHand(nc: NatsConnection, stored: readonly (Message | Ack)[]): Promise<void> {
  const subjectOf = (one: Message | Ack): string =>
    "state" in one ? ackSubject("steward", one) : messageSubject("steward", one);
  for (let at = 0; at < stored.length; at += 100) {
    const part = stored.slice(at, at + 100);
    await Promise.all(part.map((one) => nc.request(subjectOf(one), JSON.stringify(one), { timeout: 10_000 })));
  }
}

/** Holds a lane as the error kernel does. */
export async function holdByHand(nc: NatsConnection, node: string, lane: string, hold: LaneHold): Promise<void> {
  await nc.request(`$KV.STEWARD_NODES.${node}.lane.${lane}`, JSON.stringify(hold));
}

function addressed({
  id,
  node,
  messageType,
  subject,
}: Message | Ack): Pick<Ack, "id" | "node" | "messageType" | "subject"> {
  return { id, node, messageType, subject };
}

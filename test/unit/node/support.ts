import { setTimeout as delay } from "node:timers/promises";
import type { Delivery } from "../../../src/broker/read/pull.ts";
import { TakenMessages, type Taken } from "../../../src/node/taken.ts";
import { newId } from "../../../src/protocol/ids.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { messageSubject } from "../../../src/protocol/subjects.ts";

export interface Gate {
  readonly promise: Promise<void>;
  readonly open: () => void;
  readonly fail: (error: unknown) => void;
}

/** A point at which a test holds something up until it is opened. */
export function gate(): Gate {
  let open: Gate["open"] = () => {};
  let fail: Gate["fail"] = () => {};
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

/** A message to `ship1`, a `command.ping` unless the changes say otherwise. */
export function messageWith(changes: Partial<Message> = {}): Message {
  return {
    id: newId(),
    node: "ship1",
    messageType: "command",
    subject: "ping",
    data: [],
    from: "central",
    createdAt: "2026-01-31T12:00:00.000Z",
    ...changes,
  };
}

let lastSequence = 0;

/** A message as the consumer would deliver it, with the next sequence of the stream unless the changes say otherwise. */
export function deliveryOf(message: Message, changes: Partial<Delivery> = {}): Delivery {
  const sequence = changes.sequence ?? ++lastSequence;
  return {
    sequence,
    subject: messageSubject("steward", message),
    storedAt: Date.now(),
    data: Buffer.from(JSON.stringify(message)),
    headers: undefined,
    ...changes,
  };
}

export function takenOf(message: Message, changes: Partial<Delivery> = {}): Taken {
  return new TakenMessages().take(deliveryOf(message, changes))!;
}

/** Resolves when everything has happened that needs no timer, I/O or gate. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** When what a broker does soon is done. */
export async function soon(): Promise<void> {
  await delay(20);
}

import type { Delivery } from "../broker/pull.ts";
import { parseMessageSubject, type Address } from "../protocol/subjects.ts";

/** What a delivery carried; dropped while a message waits far back in its lane, and read again when its turn comes. */
export type Payload = Pick<Delivery, "data" | "headers">;

/** A message that the daemon has taken in and not yet acknowledged. Known by its sequence in the stream. */
export interface Held {
  readonly sequence: number;
  /** Where its ACKs go. For a firing of a schedule, whose subject is always the same, the id has its number added. */
  readonly address: Address;
  /** The id that the message itself carries. */
  readonly messageId: string;
  readonly storedAt: number;
  /** Renewed when the broker delivers the message again. */
  ackSubject: string;
  payload: Payload | undefined;
}

/** Takes a delivery in; undefined for a subject that the node's filters cannot have let through. */
export function hold({ sequence, subject, storedAt, ackSubject, data, headers }: Delivery): Held | undefined {
  const address = parseMessageSubject(subject);
  if (address === undefined) return undefined;
  const firing = headers?.get("Nats-Stream-Source").split(" ")[1];
  const id = firing === undefined ? address.id : `${address.id}_${firing}`;
  const payload = { data, headers };
  return { sequence, address: { ...address, id }, messageId: address.id, storedAt, ackSubject, payload };
}

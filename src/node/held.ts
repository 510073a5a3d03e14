import type { Delivery } from "../broker/pull.ts";
import { parseMessageSubject, type Address } from "../protocol/subjects.ts";

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
  /** A header that only the server writes, of a reply that was smuggled into the queue. */
  readonly forgedHeader: string | undefined;
  /** Dropped while the message waits far back in its lane, and read again when its turn comes. */
  payload: Uint8Array | undefined;
}

/** What the server adds when it hands out a stored message; a message in the queue has none of them. */
const serverHeaders = ["Nats-Stream", "Nats-Subject", "Nats-Sequence"];

/** Takes a delivery in; undefined for a subject that the node's filters cannot have let through. */
export function hold({ sequence, subject, storedAt, ackSubject, data, headers }: Delivery): Held | undefined {
  const address = parseMessageSubject(subject);
  if (address === undefined) return undefined;
  const firing = headers?.get("Nats-Stream-Source").split(" ")[1];
  const id = firing === undefined ? address.id : `${address.id}_${firing}`;
  const forgedHeader = serverHeaders.find((name) => headers?.has(name));
  return {
    sequence,
    address: { ...address, id },
    messageId: address.id,
    storedAt,
    ackSubject,
    forgedHeader,
    payload: data,
  };
}

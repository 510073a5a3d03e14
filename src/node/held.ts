import { createHash } from "node:crypto";
import type { Delivery } from "../broker/read/pull.ts";
import { firingIdOf, isId, isToken, parseMessageSubject, type Address } from "../protocol/subjects.ts";

/** A message that the daemon has taken in and not yet acknowledged. Known by its sequence in the stream. */
export interface Held {
  readonly sequence: number;
  /** The address that its subject names. */
  readonly came: Address;
  /**
   * Where its ACKs go. For a firing of a schedule, whose subject is always the same, the id has its number added; a
   * token that may not be one is replaced, since as a wildcard or at any length it could not be written to.
   */
  readonly address: Address;
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
  const came = parseMessageSubject(subject);
  if (came === undefined) return undefined;
  const subjectToken = isToken(came.subject) ? came.subject : standIn(came.subject);
  const token = isId(came.id) ? came.id : standIn(came.id);
  const id = firingIdOf(token, headers?.get("Nats-Stream-Source")) ?? token;
  // One object for both where they say the same: there may be many thousands that wait.
  const isAsItCame = id === came.id && subjectToken === came.subject;
  const address = isAsItCame ? came : { ...came, subject: subjectToken, id };
  const forgedHeader = serverHeaders.find((name) => headers?.has(name));
  return { sequence, came, address, storedAt, ackSubject, forgedHeader, payload: data };
}

/** A token that stands for this text alone. */
function standIn(text: string): string {
  return `invalid-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

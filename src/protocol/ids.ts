import { createHash, randomInt } from "node:crypto";
import { monotonicFactory } from "ulid";
import { typeAndSubject, type Address } from "./subjects.ts";

/** `randomInt` uses a pool of random bytes; the default of the package would call the system 16 times for each id. */
const random = (): number => randomInt(2 ** 32) / 2 ** 32;

const makeId = monotonicFactory(random);
/** The latest time that a ULID can express. The package takes 0 for "now". */
const latest = 2 ** 48 - 1;

/**
 * A new message id: 26 characters, ordered by time, and within a millisecond by creation (a ULID). A device without a
 * battery-backed clock may start in 1969: its ids then have the earliest possible time.
 */
export function newId(): string {
  return makeId(Math.min(latest, Math.max(1, Date.now())));
}

/**
 * The id of a message that follows from another message, such as the `error` event of a failure. It is a hash of that
 * message's address: when a restarted daemon sends it again, it has the same id, and the journal drops the copy.
 * The prefix has at most 7 characters, or the id would be too long.
 */
export function derivedId(prefix: string, { node, messageType, subject, id }: Address): string {
  const digest = createHash("sha256").update(`${node}.${typeAndSubject({ messageType, subject })}.${id}`);
  return `${prefix}-${digest.digest("hex").slice(0, 32)}`;
}

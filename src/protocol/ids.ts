import { createHash, randomInt } from "node:crypto";
import { monotonicFactory } from "ulid";
import { typeAndSubject, type Address } from "./subjects.ts";

/** `randomInt` draws from a pool; by itself the package would ask the system sixteen times for each id. */
const random = (): number => randomInt(2 ** 32) / 2 ** 32;

const makeId = monotonicFactory(random);
/** The last moment that a ULID can hold. The package takes 0 for "now". */
const latest = 2 ** 48 - 1;

/**
 * A new message id: 26 characters, ordered by time and within a millisecond by creation (a ULID). A device without a
 * clock may start in 1969: it gets ids all the same, the oldest there are.
 */
export function newId(): string {
  return makeId(Math.min(latest, Math.max(1, Date.now())));
}

/**
 * The id of a message that follows from another one, such as the `error` event for a failure. Made from the first one's
 * address, so that a repeat after a crash has the same id and the journal drops the copy. The prefix has at most 7
 * characters, or the id would be too long.
 */
export function derivedId(prefix: string, { node, messageType, subject, id }: Address): string {
  const digest = createHash("sha256").update(`${node}.${typeAndSubject({ messageType, subject })}.${id}`);
  return `${prefix}-${digest.digest("hex").slice(0, 32)}`;
}

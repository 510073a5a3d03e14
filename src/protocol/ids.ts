import { createHash, randomInt } from "node:crypto";
import { monotonicFactory } from "ulid";
import { typeAndSubject, type Address } from "./subjects.ts";

/** `randomInt` uses a pool of random bytes. The package's default calls the system 16 times for each id. */
const random = (): number => randomInt(2 ** 32) / 2 ** 32;

const makeId = monotonicFactory(random);
/** The latest time that a ULID can contain. */
const latest = 2 ** 48 - 1;

/**
 * A new message id: a ULID of 26 characters. Ids are ordered by time; ids of the same millisecond are in the order of
 * their creation. A device whose clock has no battery may start with a time before 1970. Its ids then contain the time
 * 1 ms after 1970 began; the package would read 0 as "now".
 */
export function newId(): string {
  return makeId(Math.min(latest, Math.max(1, Date.now())));
}

/**
 * The id of a message that another message causes, such as the `error` event of a failure. The id contains a hash of
 * the other message's address. If a restarted daemon sends the caused message again, its id is the same, so the journal
 * drops the copy. The prefix must have at most 7 characters, because an id has at most 40.
 */
export function derivedId(prefix: string, { node, messageType, subject, id }: Address): string {
  const digest = createHash("sha256").update(`${node}.${typeAndSubject({ messageType, subject })}.${id}`);
  return `${prefix}-${digest.digest("hex").slice(0, 32)}`;
}

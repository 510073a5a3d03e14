import { fitting } from "../util/parse-bytes.ts";
import { StewardError } from "./errors.ts";
import { requiresSchema } from "./message.ts";
import { version } from "./version.ts";

/**
 * The version of the protocol between nodes and senders. New keys do not change it: see the rules in
 * `docs/compatibility.md`.
 */
export const protocol = 1;

/** The features that a message may require of its receiver and that this version supports. */
const meanings = {
  requires: "a message that requires an unknown feature is rejected, and not run",
  encoding: "the data of a message may be bytes, in base64",
  removal: "the node itself removes its ended messages from the queue",
} as const;

/** The names of the features, as in `requires` and in the info of a node. */
export const features: readonly string[] = Object.keys(meanings);

/** The feature of a daemon that itself removes its ended messages from the queue. The node's info lists it. */
export const removal: keyof typeof meanings = "removal";

/**
 * Throws `notUnderstood` for a message that requires an unknown feature. Reads only the key `requires`, because the
 * rest of a newer message may have an unknown form.
 */
export function assertUnderstood(message: unknown): void {
  if (typeof message !== "object" || message === null || !("requires" in message)) return;
  const requires = fitting(requiresSchema, message.requires) ?? [];
  const unknown = requires.filter((name) => !features.includes(name));
  if (unknown.length === 0) return;
  const names = unknown.map((name) => `"${name}"`).join(", ");
  throw new StewardError(
    "notUnderstood",
    `the message requires ${names}, which Steward ${version} does not know; update Steward on this node`,
  );
}

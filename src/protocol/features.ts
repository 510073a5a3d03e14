import { fitting } from "../util/parse-bytes.ts";
import { StewardError } from "./errors.ts";
import { requiresSchema } from "./message.ts";
import { version } from "./version.ts";

/** The version of what travels between peers. Keys are added without a new one: `docs/compatibility.md` has the rules. */
export const protocol = 1;

/** What a message may require of its receiver, and this version understands. */
const meanings = {
  requires: "a message that requires what is not known here is rejected, and not run",
  encoding: "the data of a message may be bytes, in base64",
} as const;

/** Their names, as `requires` and the info of a node have them. */
export const features: readonly string[] = Object.keys(meanings);

/**
 * Throws `notUnderstood` for a message that requires what this version does not know. Looks at that key alone: a newer
 * message may have a form that is not known here either.
 */
export function assertUnderstood(message: unknown): void {
  if (typeof message !== "object" || message === null || !("requires" in message)) return;
  const requires = fitting(requiresSchema, message.requires) ?? [];
  const unknown = requires.filter((name) => !features.includes(name));
  if (unknown.length === 0) return;
  const names = unknown.map((name) => `"${name}"`).join(", ");
  throw new StewardError(
    "notUnderstood",
    `the message requires ${names}, which Steward ${version} does not understand; it needs a newer version here`,
  );
}

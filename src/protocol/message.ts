import * as v from "valibot";
import { longestTimer, parseDuration, unitFault } from "../util/duration.ts";
import { halfCharacter } from "../util/well-formed.ts";
import { StewardError } from "./errors.ts";
import { isId, isToken, messageTypes, nodeNameFault, type MessageType } from "./subjects.ts";

/** The largest size of `data`: the bytes of all strings together, in UTF-8. Larger content must go into a file. */
export const maxDataBytes: number = 256 * 1024;

/** The options of a message. All durations are texts such as `30s`. */
export interface MessageOptions {
  /**
   * The longest time for one run. Default: the timeout of the node's rule for the lane, or else of the handler, or else
   * of the node's settings.
   */
  readonly timeout?: string | undefined;
  /** The number of further runs after a failure; default 0. */
  readonly retries?: number | undefined;
  /** The wait before the first retry. The wait doubles with each retry. */
  readonly retryWait?: string | undefined;
  /**
   * The time in which the message must start, from the moment when the broker stores the message, by the broker's
   * clock.
   */
  readonly expires?: string | undefined;
  /** `atMostOnce`: the message does not run again after a crash during a run. Default: `atLeastOnce`. */
  readonly delivery?: "atLeastOnce" | "atMostOnce" | undefined;
  /** The node and subject to which the result is sent as an event, in addition to the ACK. */
  readonly reply?: { readonly node: string; readonly subject: string } | undefined;
  /**
   * The names of the features that the receiver must support, see `features`. The sender's program adds a name if the
   * message uses a key that an older receiver would ignore by mistake. The author of a message may add names too.
   */
  readonly requires?: readonly string[] | undefined;
}

/** A message as it is sent over the wire. */
export interface Message extends MessageOptions {
  readonly id: string;
  readonly node: string;
  readonly messageType: MessageType;
  readonly subject: string;
  readonly data: readonly string[];
  readonly from: string;
  /** The time when the sender created the message, by the sender's clock; RFC 3339 in UTC. */
  readonly createdAt: string;
  /** The id of the original message. Only a replay sets this key. */
  readonly replayOf?: string | undefined;
  /**
   * `base64`: each string of `data` is base64, because the data is not text. `requires` must then contain `encoding`.
   */
  readonly encoding?: "base64" | undefined;
}

type Schema<T> = v.GenericSchema<unknown, T>;

/** A text that can be encoded as UTF-8. */
export const textSchema: Schema<string> = v.pipe(
  v.string("must be a string"),
  v.check((value) => value.isWellFormed(), halfCharacter),
);
const matching = (test: (value: string) => boolean, otherwise: string): Schema<string> =>
  v.pipe(textSchema, v.check(test, otherwise));

export const tokenSchema: Schema<string> = matching(isToken, "may hold only A-Z a-z 0-9 _ - and at most 64 of them");
export const idSchema: Schema<string> = matching(isId, "may hold only A-Z a-z 0-9 _ - and at most 40 of them");
export const nodeSchema: Schema<string> = v.pipe(
  textSchema,
  v.check(
    (name) => nodeNameFault(name) === undefined,
    (issue) => nodeNameFault(issue.input) ?? "is not a node name",
  ),
);
export const messageTypeSchema: Schema<MessageType> = v.picklist(messageTypes, 'must be "command" or "event"');
export const dataSchema: Schema<string[]> = v.array(textSchema, "must be a list of strings");

const durationWhere = (fits: (ms: number | undefined) => boolean, otherwise: string): Schema<string> =>
  v.pipe(
    v.string(({ input }) => unitFault(input) ?? "must be a string"),
    v.check(
      (value) => fits(parseDuration(value)),
      ({ input }) => unitFault(input) ?? otherwise,
    ),
  );
const duration = durationWhere((ms) => ms !== undefined, 'must be a duration such as "30s" or "5m"');
/**
 * The shortest expiry, in milliseconds. A message with it has always expired, even if it was stored just now: a copy of
 * an expired message gets this expiry, because the broker counts the age of the copy from the copying.
 */
export const noTimeMs = 1;
const positiveDuration = durationWhere((ms = 0) => ms > 0, 'must be a duration longer than 0, such as "30s" or "5m"');
const timer = (schema: Schema<string>): Schema<string> =>
  v.pipe(
    schema,
    v.check((value) => (parseDuration(value) ?? 0) <= longestTimer, "must be at most 24d"),
  );
const retries = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must not be negative"),
  v.maxValue(1000, "must be at most 1000"),
);

export const requiresSchema: Schema<string[]> = v.pipe(
  v.array(tokenSchema, "must be a list of names"),
  v.maxLength(32, "must be at most 32 names"),
);

/** The schemas of `MessageOptions`, shared by messages and drafts. */
export const optionEntries: {
  readonly [K in keyof MessageOptions]-?: v.OptionalSchema<Schema<NonNullable<MessageOptions[K]>>, undefined>;
} = {
  timeout: v.optional(timer(positiveDuration)),
  retries: v.optional(retries),
  retryWait: v.optional(timer(duration)),
  expires: v.optional(positiveDuration),
  delivery: v.optional(v.picklist(["atLeastOnce", "atMostOnce"], 'must be "atLeastOnce" or "atMostOnce"')),
  reply: v.optional(v.object({ node: nodeSchema, subject: tokenSchema }, "must have the keys node and subject")),
  requires: v.optional(requiresSchema),
};

/** The rule between two options: a message with at-most-once delivery cannot have retries. */
export const retriesFitDelivery = <T extends MessageOptions>(): v.CheckAction<T, string> =>
  v.check(
    (options) => options.delivery !== "atMostOnce" || (options.retries ?? 0) === 0,
    "an atMostOnce message cannot have retries",
  );

/** The schema of a received message. Unknown keys are ignored, so that newer senders may add keys. */
export const messageSchema: Schema<Message> = v.pipe(
  v.object(
    {
      id: idSchema,
      node: nodeSchema,
      messageType: messageTypeSchema,
      subject: tokenSchema,
      data: dataSchema,
      from: tokenSchema,
      createdAt: v.pipe(textSchema, v.isoTimestamp("must be a time such as 2026-01-31T12:00:00Z")),
      replayOf: v.optional(tokenSchema),
      encoding: v.optional(v.literal("base64", 'must be "base64"')),
      ...optionEntries,
    },
    "must be an object with the keys of a message",
  ),
  retriesFitDelivery(),
);

/** Checks a value against a schema. Throws `badMessage` with the place of the first fault, such as `data.2: …`. */
export function check<T>(schema: Schema<T>, value: unknown): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue: v.BaseIssue<unknown> = result.issues[0];
  const path = v.getDotPath(issue);
  throw new StewardError("badMessage", path === null ? faultOf(issue) : `${path}: ${faultOf(issue)}`);
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind !== "schema") return issue.message;
  return issue.input === undefined && (issue.path?.length ?? 0) > 0 ? "is missing" : issue.message;
}

/**
 * Throws `tooLarge` for data of more than `maxDataBytes`. The final ACK cannot contain larger data, so the log would
 * lose the data.
 */
export function assertFits(data: readonly string[]): void {
  const bytes = data.reduce((sum, item) => sum + Buffer.byteLength(item), 0);
  if (bytes <= maxDataBytes) return;
  throw new StewardError(
    "tooLarge",
    `too large: the data has ${bytes} bytes, and the limit is ${maxDataBytes}; put it into a file on the node and send its name`,
  );
}

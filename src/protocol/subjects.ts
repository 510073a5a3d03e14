/**
 * The NATS subjects that Steward uses, and the rules for the tokens in them.
 *
 *     <namespace>.<node>.<messageType>.<subject>.<id>           a message, in the queue
 *     <namespace>.<node>.ack.<messageType>.<subject>.<id>       its ACKs: the journal
 *     <namespace>.<node>.acked.<messageType>.<subject>.<id>     the same ACKs, which the broker republishes after storing them
 *     <namespace>.<node>.schedule.<messageType>.<subject>.<id>  a message that the broker sends on a schedule
 *     <namespace>.<node>.scheduled.<messageType>.<subject>.<id> its last firing, which the queue takes over
 *     <namespace>.<node>.queued                                 a hint for each message that is stored for the node
 *     <namespace>.<node>.output.<id>                            the live output of a run; not stored
 *     <namespace>.<node>.control.<verb>                         live control of the daemon
 */
export type MessageType = "command" | "event";
export const messageTypes: readonly ["command", "event"] = ["command", "event"];

/** The address of one message: the tokens of its subject. */
export interface Address {
  readonly node: string;
  readonly messageType: MessageType;
  readonly subject: string;
  readonly id: string;
}

/** A message's type and subject as text, such as `command.exec`. For the message's lane, use `laneOf`. */
export function typeAndSubject({ messageType, subject }: Pick<Address, "messageType" | "subject">): string {
  return `${messageType}.${subject}`;
}

/** Replaces `textLogging`, a name of the original program, with `log`. */
export function canonicalSubject(subject: string): string {
  return subject === "textLogging" ? "log" : subject;
}

/** The lane of a message. `textLogging` and `log` have the same lane. */
export function laneOf({ messageType, subject }: Pick<Address, "messageType" | "subject">): string {
  return typeAndSubject({ messageType, subject: canonicalSubject(subject) });
}

/**
 * Identifies one message on one node. The id alone is not enough, because many nodes may get a message with the same
 * id.
 */
export function keyOf(address: Address): string {
  return `${address.node}.${typeAndSubject(address)}.${address.id}`;
}

/** Reads a lane's name; undefined if the text is not a lane's name. */
export function parseLaneName(text: string): Pick<Address, "messageType" | "subject"> | undefined {
  const [type, subject = "", ...rest] = text.split(".");
  const messageType = messageTypes.find((known) => known === type);
  return messageType === undefined || !isToken(subject) || rest.length > 0 ? undefined : { messageType, subject };
}

export function messageSubject(namespace: string, { node, messageType, subject, id }: Address): string {
  return `${namespace}.${node}.${messageType}.${subject}.${id}`;
}

export function ackSubject(namespace: string, { node, messageType, subject, id }: Address): string {
  return `${namespace}.${node}.ack.${messageType}.${subject}.${id}`;
}

/** Some tokens of a subject. In a filter, a missing token matches any token. */
export type Tokens = { readonly [K in keyof Address]?: string | undefined };

/** A filter for messages in the queue. A missing token matches any. */
export function messageFilter(
  namespace: string,
  { node = "*", messageType = "*", subject = "*", id = "*" }: Tokens,
): string {
  return `${namespace}.${node}.${messageType}.${subject}.${id}`;
}

/** A filter for ACKs in their stream. A missing token matches any. */
export function ackFilter(
  namespace: string,
  { node = "*", messageType = "*", subject = "*", id = "*" }: Tokens,
): string {
  return `${namespace}.${node}.ack.${messageType}.${subject}.${id}`;
}

export function scheduleSubject(namespace: string, { node, messageType, subject, id }: Address): string {
  return `${namespace}.${node}.schedule.${messageType}.${subject}.${id}`;
}

/** The subject to which a schedule fires. */
export function firingSubject(namespace: string, { node, messageType, subject, id }: Address): string {
  return `${namespace}.${node}.scheduled.${messageType}.${subject}.${id}`;
}

/** The id of one firing: the schedule's id, and the number of the firing in the stream of schedules. */
export function firingId(id: string, sequence: number | string): string {
  return `${id}_${sequence}`;
}

/**
 * The firing id of a queued message. `source` is the header in which the broker names the stream and the sequence that
 * the message was copied from. Undefined if the message was not copied from the stream of schedules.
 */
export function firingIdOf(id: string, source: string | undefined): string | undefined {
  const [stream = "", sequence] = source?.split(" ") ?? [];
  return sequence !== undefined && /_SCHEDULES(:|$)/.test(stream) ? firingId(id, sequence) : undefined;
}

/** The schedule's id in a firing's id; undefined if the id does not have the form of a firing's id. */
export function scheduleIdOf(id: string): string | undefined {
  return /^(.+)_\d+$/.exec(id)?.[1];
}

/** A filter for ACKs that the broker republishes after storing them. A missing token matches any. */
export function ackedFilter(
  namespace: string,
  { node = "*", messageType = "*", subject = "*", id = "*" }: Tokens,
): string {
  return `${namespace}.${node}.acked.${messageType}.${subject}.${id}`;
}

/** The subject of the hints that the broker sends when it has stored a message for the node. A hint has no payload. */
export function hintSubject(namespace: string, node: string): string {
  return `${namespace}.${node}.queued`;
}

/** The subject of a run's live output. Without `node`, the filter for the live output of all nodes. */
export function outputSubject(
  namespace: string,
  { node = "*", id }: { readonly node?: string; readonly id: string },
): string {
  return `${namespace}.${node}.output.${id}`;
}

/** A filter for schedules. A missing token matches any. */
export function scheduleFilter(
  namespace: string,
  { node = "*", messageType = "*", subject = "*", id = "*" }: Tokens,
): string {
  return `${namespace}.${node}.schedule.${messageType}.${subject}.${id}`;
}

export function controlSubject(namespace: string, node: string, verb: string): string {
  return `${namespace}.${node}.control.${verb}`;
}

/**
 * The filter of a node's durable consumer: all messages in the queue for this node. A filter with `*` is not enough: it
 * does not match a message that was published with a literal `>` in its subject.
 */
export function nodeFilter(namespace: string, node: string): string {
  return `${namespace}.${node}.>`;
}

/** Reads the address from a message's subject; undefined when the subject has another form. */
export function parseMessageSubject(subject: string): Address | undefined {
  const [, node, messageType, name, id, ...rest] = subject.split(".");
  if (node === undefined || name === undefined || id === undefined || rest.length > 0) return undefined;
  if (messageType !== "command" && messageType !== "event") return undefined;
  return { node, messageType, subject: name, id };
}

/** Reads the address from an ACK's subject; undefined when the subject has another form. */
export function parseAckSubject(subject: string): Address | undefined {
  return parseSubjectOf("ack", subject);
}

/** Reads the address from the subject of a republished ACK; undefined when the subject has another form. */
export function parseAckedSubject(subject: string): Address | undefined {
  return parseSubjectOf("acked", subject);
}

/** Reads the address from the subject of a schedule or of its firings; undefined when the subject has another form. */
export function parseScheduleSubject(kind: "schedule" | "scheduled", subject: string): Address | undefined {
  return parseSubjectOf(kind, subject);
}

function parseSubjectOf(kind: string, subject: string): Address | undefined {
  const [namespace, node, said, ...rest] = subject.split(".");
  return said === kind ? parseMessageSubject([namespace, node, ...rest].join(".")) : undefined;
}

const token = /^[A-Za-z0-9_-]{1,64}$/;
const idToken = /^[A-Za-z0-9_-]{1,40}$/;

/** True for an allowed subject token. Node names have further rules, see `nodeNameFault`. */
export function isToken(text: string): boolean {
  return token.test(text);
}

/**
 * True for a message id. An id is shorter than other tokens, because the firings of a schedule add a number to the id.
 */
export function isId(text: string): boolean {
  return idToken.test(text);
}

/** The reason why a text is not a message id; undefined if the text is a message id. */
export function idFault(text: string): string | undefined {
  return isId(text) ? undefined : `"${text}" is not a message id (A-Z a-z 0-9 _ -, at most 40 characters)`;
}

/**
 * The most characters of the id of a schedule. The id of a firing is the id of the schedule and a number, and must also
 * be a valid id. This limit leaves room for 11 digits.
 */
export const longestScheduleId = 28;

/**
 * The most characters of the id of a text that is sent in blocks. The id of a block is the id of the text and a number,
 * and must also be a valid id.
 */
export const longestTextId = 32;

/** The reason why a text is not a node name, with a suggestion; undefined if the text is a node name. */
export function nodeNameFault(text: string): string | undefined {
  if (text === "all") return "`all` means every node and cannot be a node's name";
  if (text.startsWith("-")) return `the node name "${text}" begins with "-"; begin it with a letter or digit`;
  if (isToken(text)) return undefined;
  const suggestion = text
    .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 64);
  const hint = suggestion === "" || suggestion === "all" ? "" : `; try "${suggestion}"`;
  return `the node name "${text.slice(0, 80)}" may hold only A-Z a-z 0-9 _ - and at most 64 of them${hint}`;
}

/** Turns any text, such as a host name or a user name, into a node name or a sender's name. */
export function toToken(text: string): string {
  const cleaned = text.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replaceAll(/^-+|-+$/g, "");
  return cleaned.slice(0, 64) || "unknown";
}

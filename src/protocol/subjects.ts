/**
 * The subjects on which Steward's traffic travels, and the rules for the tokens in them.
 *
 *     <namespace>.<node>.<messageType>.<subject>.<id>           a message, in the work queue
 *     <namespace>.<node>.ack.<messageType>.<subject>.<id>       its ACKs: the journal
 *     <namespace>.<node>.acked.<messageType>.<subject>.<id>     the same, republished once stored
 *     <namespace>.<node>.schedule.<messageType>.<subject>.<id>  a message that the broker sends on a schedule
 *     <namespace>.<node>.scheduled.<messageType>.<subject>.<id> its last firing, which the work queue takes over
 *     <namespace>.<node>.output.<id>                            what a run prints, as it prints it; not stored
 *     <namespace>.<node>.control.<verb>                         live control of the daemon
 */
export type MessageType = "command" | "event";
export const messageTypes: readonly ["command", "event"] = ["command", "event"];

/** Where one message goes and what it is called: the tokens of its subject. */
export interface Address {
  readonly node: string;
  readonly messageType: MessageType;
  readonly subject: string;
  readonly id: string;
}

/** A message's type and subject, such as `command.exec`, as they are written; `laneOf` is the lane that they name. */
export function typeAndSubject({ messageType, subject }: Pick<Address, "messageType" | "subject">): string {
  return `${messageType}.${subject}`;
}

/** `textLogging`, the original's name, is `log` here. */
export function canonicalSubject(subject: string): string {
  return subject === "textLogging" ? "log" : subject;
}

/** The lane that a message runs in, on whichever of its names it came. */
export function laneOf({ messageType, subject }: Pick<Address, "messageType" | "subject">): string {
  return typeAndSubject({ messageType, subject: canonicalSubject(subject) });
}

/** What tells one message from another: one id may go to many nodes. */
export function keyOf(address: Address): string {
  return `${address.node}.${typeAndSubject(address)}.${address.id}`;
}

/** What a lane's name says; undefined when the text is none. */
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

/** Some tokens of a subject; a filter takes those that are not given for any. */
export type Tokens = { readonly [K in keyof Address]?: string | undefined };

/** A filter for messages in the queue; what is not given matches all. */
export function messageFilter(
  namespace: string,
  { node = "*", messageType = "*", subject = "*", id = "*" }: Tokens,
): string {
  return `${namespace}.${node}.${messageType}.${subject}.${id}`;
}

/** A filter for ACKs in their stream; what is not given matches all. */
export function ackFilter(
  namespace: string,
  { node = "*", messageType = "*", subject = "*", id = "*" }: Tokens,
): string {
  return `${namespace}.${node}.ack.${messageType}.${subject}.${id}`;
}

export function scheduleSubject(namespace: string, { node, messageType, subject, id }: Address): string {
  return `${namespace}.${node}.schedule.${messageType}.${subject}.${id}`;
}

/** Where a schedule fires to. */
export function firingSubject(namespace: string, { node, messageType, subject, id }: Address): string {
  return `${namespace}.${node}.scheduled.${messageType}.${subject}.${id}`;
}

/** The id of one firing: the schedule's, and the number of the firing in the stream of schedules. */
export function firingId(id: string, sequence: number | string): string {
  return `${id}_${sequence}`;
}

/** The id of a message in the queue as a firing, by the header of where it came from; undefined when it is none. */
export function firingIdOf(id: string, source: string | undefined): string | undefined {
  const sequence = source?.split(" ")[1];
  return sequence === undefined ? undefined : firingId(id, sequence);
}

/** The schedule's id in that of a firing; undefined for an id that cannot be a firing's. */
export function scheduleIdOf(id: string): string | undefined {
  return /^(.+)_\d+$/.exec(id)?.[1];
}

/** Where the broker republishes ACKs once they are stored; what is not given matches all. */
export function ackedFilter(
  namespace: string,
  { node = "*", messageType = "*", subject = "*", id = "*" }: Tokens,
): string {
  return `${namespace}.${node}.acked.${messageType}.${subject}.${id}`;
}

/** Where a run's output goes while it runs; without a node, that of all nodes. */
export function outputSubject(
  namespace: string,
  { node = "*", id }: { readonly node?: string; readonly id: string },
): string {
  return `${namespace}.${node}.output.${id}`;
}

/** Where schedules are made; what is not given matches all. */
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
 * The filter of a node's durable consumer: everything in the queue that is addressed to it. Also what somebody published
 * with a literal `>` in its subject, which no `*` takes.
 */
export function nodeFilter(namespace: string, node: string): string {
  return `${namespace}.${node}.>`;
}

/** Reads the address out of a message's subject; undefined when the subject has another shape. */
export function parseMessageSubject(subject: string): Address | undefined {
  const [, node, messageType, name, id, ...rest] = subject.split(".");
  if (node === undefined || name === undefined || id === undefined || rest.length > 0) return undefined;
  if (messageType !== "command" && messageType !== "event") return undefined;
  return { node, messageType, subject: name, id };
}

/** Reads the address out of an ACK's subject; undefined when the subject has another shape. */
export function parseAckSubject(subject: string): Address | undefined {
  return parseSubjectOf("ack", subject);
}

/** Reads the address out of the subject on which a stored ACK is republished; undefined when it has another shape. */
export function parseAckedSubject(subject: string): Address | undefined {
  return parseSubjectOf("acked", subject);
}

/** Reads the address out of the subject of a schedule, or of its firings; undefined when it has another shape. */
export function parseScheduleSubject(kind: "schedule" | "scheduled", subject: string): Address | undefined {
  return parseSubjectOf(kind, subject);
}

function parseSubjectOf(kind: string, subject: string): Address | undefined {
  const [namespace, node, said, ...rest] = subject.split(".");
  return said === kind ? parseMessageSubject([namespace, node, ...rest].join(".")) : undefined;
}

const token = /^[A-Za-z0-9_-]{1,64}$/;
const idToken = /^[A-Za-z0-9_-]{1,40}$/;

/** True for one subject token as Steward allows it; node names have further rules, see `nodeNameFault`. */
export function isToken(text: string): boolean {
  return token.test(text);
}

/** True for a message id: shorter than other tokens, since the firings of a schedule append to it. */
export function isId(text: string): boolean {
  return idToken.test(text);
}

/** Why a text is no node name, with a way out; undefined when it is one. */
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

/** Makes a node name (or a sender's name) of any text, such as a host's or a user's name. */
export function toToken(text: string): string {
  const cleaned = text.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replaceAll(/^-+|-+$/g, "");
  return cleaned.slice(0, 64) || "unknown";
}

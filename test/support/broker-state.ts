import { DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { headers as newHeaders, type NatsConnection } from "nats";
import { isFinal, parseAck, type Ack } from "../../src/protocol/ack.ts";
import { newId } from "../../src/protocol/ids.ts";
import type { Message } from "../../src/protocol/message.ts";
import { messageSubject } from "../../src/protocol/subjects.ts";
import { until } from "./until.ts";

/** A message of a stream, as it stands there. */
export interface StoredMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly data: Uint8Array;
}

/** The messages of a stream, in their order: all of them, or the last of each subject. */
export async function readStream(
  nc: NatsConnection,
  stream: string,
  { filter = ">", last = false }: { readonly filter?: string; readonly last?: boolean } = {},
): Promise<StoredMessage[]> {
  // Only the leader answers this, while the consumer may be on a server that has yet to catch up: it is read that far.
  const manager = await jetstreamManager(nc, { checkAPI: false });
  const end = await manager.streams.getMessage(stream, { last_by_subj: filter });
  if (end === null) return [];
  const consumer = await jetstream(nc).consumers.get(stream, {
    filter_subjects: [filter],
    deliver_policy: last ? DeliverPolicy.LastPerSubject : DeliverPolicy.All,
  });
  const found: StoredMessage[] = [];
  for await (const { seq, subject, data } of await consumer.consume()) {
    found.push({ sequence: seq, subject, data });
    if (seq >= end.seq) break;
  }
  return found;
}

/** The ACKs in the log, in the order in which they were stored: all of them, or those of one message. */
export async function readAcks(nc: NatsConnection, id: string = "*"): Promise<Ack[]> {
  const stored = await readStream(nc, "STEWARD_ACKS", { filter: `steward.*.ack.*.*.${id}` });
  return stored.map(({ sequence, subject, data }) => {
    const ack = parseAck(data);
    if (ack === undefined) throw new Error(`what is stored at ${sequence} on ${subject} is no ACK`);
    return ack;
  });
}

/** What one message went through, in order: each ACK as its state and attempt, such as `started 1`. */
export async function readStates(nc: NatsConnection, id: string): Promise<string[]> {
  return (await readAcks(nc, id)).map(({ state, attempt }) => `${state} ${attempt}`);
}

/** The final ACKs among them, by message id: two for one id are a fault, unless it went to two nodes. */
export function finalsById(acks: readonly Ack[]): Map<string, Ack[]> {
  const finals = new Map<string, Ack[]>();
  for (const ack of acks.filter(isFinal)) finals.set(ack.id, [...(finals.get(ack.id) ?? []), ack]);
  return finals;
}

/** What the state bucket should hold: the latest ACK of each node, message type and subject, by its key. */
export async function latestAcks(nc: NatsConnection): Promise<Map<string, string>> {
  const latest = new Map<string, string>();
  for (const { subject, data } of await readStream(nc, "STEWARD_ACKS")) {
    const [, node, , messageType, name] = subject.split(".");
    latest.set(`${node}.${messageType}.${name}`, Buffer.from(data).toString());
  }
  return latest;
}

/** The ACKs that the state bucket holds, by their keys. */
export async function stateEntries(nc: NatsConnection): Promise<Map<string, string>> {
  const stored = await readStream(nc, "KV_STEWARD_NODES", { last: true });
  const entries = stored.map(({ subject, data }): [string, string] => {
    return [subject.replace("$KV.STEWARD_NODES.", ""), Buffer.from(data).toString()];
  });
  return new Map(entries.filter(([key]) => /^[^.]+\.(command|event)\./.test(key)));
}

/** How many messages wait or run on all nodes together. */
export async function countQueued(nc: NatsConnection): Promise<number> {
  const manager = await jetstreamManager(nc, { checkAPI: false });
  return (await manager.streams.info("STEWARD_MESSAGES")).state.messages;
}

/** Waits until the test's own connection is back; what is asked before that is lost. */
export async function untilConnected(nc: NatsConnection): Promise<void> {
  const isBack = (): Promise<boolean> =>
    nc.flush().then(
      () => true,
      () => false,
    );
  await until(isBack, 10_000, "the connection is back");
}

/**
 * The longest time until all has ended after a fault, in milliseconds. Heartbeats and hints find a lost delivery within
 * seconds; the watchdog looks for the first time after a minute.
 */
export const watchdogLimit = 75_000;

/** Waits until no message is left in the queue; while the broker does not answer, it is not known to be empty. */
export async function untilAnswered(nc: NatsConnection, timeoutMs: number = 20_000): Promise<void> {
  const isEmpty = (): Promise<boolean> =>
    countQueued(nc).then(
      (count) => count === 0,
      () => false,
    );
  await until(isEmpty, timeoutMs, "the queue is empty");
}

/** A good message, a ping to ship1 unless something else is said. */
export function aMessage(parts: Partial<Message> = {}): Message {
  const createdAt = new Date().toISOString();
  return {
    id: newId(),
    node: "ship1",
    messageType: "command",
    subject: "ping",
    data: [],
    from: "test",
    createdAt,
    ...parts,
  };
}

/** Puts something into the queue by hand, past Steward's own checks. Resolves to its sequence once it is stored. */
export async function putByHand(
  nc: NatsConnection,
  subject: string,
  payload: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const made = newHeaders();
  for (const [name, value] of Object.entries(headers)) made.set(name, value);
  const reply = await nc.request(subject, payload, { headers: made, timeout: 5000 });
  const { error, seq = 0 } = reply.json<{ error?: object; seq?: number }>();
  if (error !== undefined) throw new Error(`not stored on ${subject.slice(0, 200)}: ${JSON.stringify(error)}`);
  return seq;
}

/** Puts a message into the queue by hand; each call stores another copy. Resolves to its sequence. */
export async function putMessage(nc: NatsConnection, message: Message): Promise<number> {
  return putByHand(nc, messageSubject("steward", message), JSON.stringify(message));
}

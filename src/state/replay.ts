import type { Broker } from "../broker/broker.ts";
import { lastOnLeader } from "../broker/leader-get.ts";
import { queuedFirings } from "../broker/schedules.ts";
import { isFinal, knownState, type FinalState } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";
import { assertUnderstood } from "../protocol/features.ts";
import { newId } from "../protocol/ids.ts";
import type { Message } from "../protocol/message.ts";
import { originalOf } from "../protocol/original.ts";
import { laneName, messageSubject, scheduleIdOf, type Address } from "../protocol/subjects.ts";
import { keyOf } from "../send/waiter.ts";
import { readStatus, type MessageStatus } from "./status.ts";

export interface ReplayOptions {
  /** Only what went to this node; without it, to all. */
  readonly node?: string | undefined;
  /** Sends it to this node instead. */
  readonly to?: string | undefined;
  /** Only where it ended so; without it, however it stands. */
  readonly only?: readonly FinalState[] | undefined;
}

/**
 * Makes a message again as the log holds it, or the queue while it has not ended: the same in everything but the id, the
 * time, and what says that it is a repetition.
 * @throws StewardError notFound when there is no such message; badMessage for an original that is none
 */
export async function replayOf(broker: Broker, id: string, options: ReplayOptions): Promise<Message[]> {
  const { node, to, only } = options;
  const all = (await readStatus(broker, id)).filter(({ address }) => node === undefined || address.node === node);
  if (all.length === 0) {
    const where = node === undefined ? "" : ` for ${node}`;
    throw new StewardError("notFound", `nothing with the id ${id} is in the queue or in the log${where}`);
  }
  const wanted = only === undefined ? all : all.filter((status) => only.some((state) => state === stateOf(status)));
  if (wanted.length === 0) throw new StewardError("notFound", `${id} ended nowhere as ${only?.join(" or ")}`);
  const made = { id: newId(), createdAt: new Date().toISOString(), replayOf: id };
  const messages = new Map<string, Message>();
  for (const status of wanted) {
    const original = await originalMessage(broker, status);
    const message = { ...original, ...made, node: to ?? original.node };
    // What went to many nodes goes to another one once.
    messages.set(keyOf(message), message);
  }
  return [...messages.values()];
}

function stateOf({ history, expired }: MessageStatus): string | undefined {
  const last = history.at(-1)?.ack;
  return last === undefined ? (expired ? "expired" : undefined) : knownState(last);
}

async function originalMessage(broker: Broker, { address, history }: MessageStatus): Promise<Message> {
  const final = history.map(({ ack }) => ack).findLast(isFinal);
  const { message, raw } = final ?? (await queuedOriginal(broker, address));
  if (message !== undefined) {
    // Made again by who does not know what it requires, it might be another message.
    assertUnderstood(message);
    return message;
  }
  const what = `${address.id} on ${address.node} ${laneName(address)}`;
  const none = "was no message that this version of Steward reads, and cannot be sent again";
  if (raw !== undefined) throw new StewardError("badMessage", `${what} ${none}`);
  throw new StewardError("notFound", `the log does not hold what ${what} was, so it cannot be sent again`);
}

/** What stands in the queue, where a firing bears the name of its schedule; nothing when it is gone from there. */
async function queuedOriginal(broker: Broker, address: Address): Promise<ReturnType<typeof originalOf>> {
  const queued = await lastOnLeader(broker, broker.names.messages, messageSubject(broker.namespace, address));
  if (queued !== undefined) return originalOf(queued);
  const schedule = scheduleIdOf(address.id);
  if (schedule === undefined) return {};
  for await (const { id, data } of queuedFirings(broker, { ...address, id: schedule })) {
    if (id === address.id) return originalOf(data);
  }
  return {};
}

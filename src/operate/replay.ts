import type { Broker } from "../broker/connection/broker.ts";
import { queuedAt } from "../broker/read/queued.ts";
import { isFinal, type FinalState } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";
import { assertUnderstood } from "../protocol/features.ts";
import { newId } from "../protocol/ids.ts";
import type { Message } from "../protocol/message.ts";
import { originalOf } from "../protocol/original.ts";
import { keyOf, typeAndSubject } from "../protocol/subjects.ts";
import { unknownId } from "../state/places.ts";
import { endingOf } from "../state/standing.ts";
import { readStatus, type MessageStatus } from "../state/status.ts";

export interface ReplayOptions {
  /** Only messages to this node. Default: messages to all nodes. */
  readonly node?: string | undefined;
  /** Sends the messages to this node instead. */
  readonly to?: string | undefined;
  /** Only messages that ended in one of these states. Default: all messages. */
  readonly only?: readonly FinalState[] | undefined;
}

/**
 * Creates a message again from the log. A message that has not ended is created from the queue. The copy differs only
 * in its id, its time, and `replayOf`.
 * @throws StewardError notFound if there is no such message; badMessage if the original is not a valid message
 */
export async function replayOf(broker: Broker, id: string, options: ReplayOptions): Promise<Message[]> {
  const { node, to, only } = options;
  const all = (await readStatus(broker, id)).filter(({ address }) => node === undefined || address.node === node);
  if (all.length === 0) throw unknownId(id, node);
  const wanted = all.filter(({ history, standing }) => {
    const ending = endingOf({ ack: history.at(-1)?.ack, standing });
    return only === undefined || only.some((state) => state === ending);
  });
  if (wanted.length === 0)
    throw new StewardError("notFound", `not found: ${id} has the state ${only?.join(" or ")} on no node`);
  const made = { id: newId(), createdAt: new Date().toISOString(), replayOf: id };
  const messages = new Map<string, Message>();
  for (const status of wanted) {
    const original = await originalMessage(broker, status);
    const message = { ...original, ...made, node: to ?? original.node };
    // If several nodes had the message, `to` gets it once.
    messages.set(keyOf(message), message);
  }
  return [...messages.values()];
}

async function originalMessage(broker: Broker, status: MessageStatus): Promise<Message> {
  const { address, history } = status;
  const final = history.map(({ ack }) => ack).findLast(isFinal);
  // The message is read from the queue only if it has no final ACK. It may have ended in the meantime.
  const queued = final === undefined && status.message === undefined ? await queuedAt(broker, address) : undefined;
  const { message = status.message, raw } = final ?? (queued === undefined ? {} : originalOf(queued.data));
  if (message !== undefined) {
    // Without knowing a required feature, this program could change the meaning of the message.
    assertUnderstood(message);
    return message;
  }
  const what = `${address.id} on ${address.node} ${typeAndSubject(address)}`;
  const none = "is not a message that this version of Steward can read, so it cannot be sent again";
  if (raw !== undefined) throw new StewardError("badMessage", `${what} ${none}`);
  throw new StewardError("notFound", `the log does not contain the original of ${what}, so it cannot be sent again`);
}

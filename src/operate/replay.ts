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
  if (all.length === 0) throw unknownId(id, node);
  const wanted = all.filter(({ history, standing }) => {
    const ending = endingOf({ ack: history.at(-1)?.ack, standing });
    return only === undefined || only.some((state) => state === ending);
  });
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

async function originalMessage(broker: Broker, status: MessageStatus): Promise<Message> {
  const { address, history } = status;
  const final = history.map(({ ack }) => ack).findLast(isFinal);
  // What was read of the queue may have left it since.
  const queued = final === undefined && status.message === undefined ? await queuedAt(broker, address) : undefined;
  const { message = status.message, raw } = final ?? (queued === undefined ? {} : originalOf(queued.data));
  if (message !== undefined) {
    // Made again by who does not know what it requires, it might be another message.
    assertUnderstood(message);
    return message;
  }
  const what = `${address.id} on ${address.node} ${typeAndSubject(address)}`;
  const none = "was no message that this version of Steward reads, and cannot be sent again";
  if (raw !== undefined) throw new StewardError("badMessage", `${what} ${none}`);
  throw new StewardError("notFound", `the log does not hold what ${what} was, so it cannot be sent again`);
}

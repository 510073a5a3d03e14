import type { Broker } from "../broker/broker.ts";
import { Queue } from "../broker/enqueue.ts";
import { outlived } from "../broker/expiry.ts";
import type { Message } from "../protocol/message.ts";
import type { Address } from "../protocol/subjects.ts";
import { expireBeforeForgotten } from "./at-most-once.ts";
import { prepareNodes, type Unseen } from "./nodes.ts";
import type { Outcome } from "./outcome.ts";
import { patiently } from "./patiently.ts";
import { keyOf, Waiter } from "./waiter.ts";

export interface SendOptions extends Unseen {
  /** How long to wait for the final ACKs once everything is stored, in milliseconds; not at all when not given. */
  readonly waitMs?: number | undefined;
  /** The ids may have been sent before: their ACKs may be there already. */
  readonly known?: boolean;
  /** Ends the storing or the waiting; what is stored stays. */
  readonly signal?: AbortSignal;
}

/**
 * Sends messages and waits for what becomes of them: listens for their ACKs, stores them all, then waits.
 * @throws StewardError neverSeen, streamsMissing, tooLarge, badMessage, notStored when the broker did not confirm in
 * 30 s, or stopped when `signal` came before it did
 */
export async function send(broker: Broker, messages: readonly Message[], options: SendOptions): Promise<Outcome[]> {
  const { waitMs, known = false, signal } = options;
  const queue = new Queue(broker);
  const finals = new Map<string, Outcome>();
  using waiter = new Waiter(broker, (outcome) => finals.set(keyOf(outcome.address), outcome));
  if (waitMs !== undefined) waiter.expect(messages);
  await patiently(messages, signal, async (patience) => {
    const nodes = [...new Set(messages.map(({ node }) => node))];
    await prepareNodes(broker, queue, nodes, options, patience);
    await queue.put(await expireBeforeForgotten(broker, messages, patience), patience);
  });
  if (waitMs !== undefined) {
    if (known) await waiter.catchUp();
    await waiter.settled(waitMs, signal);
  }
  const pending = new Map(waiter.pending.map((outcome) => [keyOf(outcome.address), outcome]));
  // Where nobody can tell, it counts as queued.
  const late = await outlived(broker, unbegun(messages, waiter.pending)).catch(() => []);
  for (const address of late) {
    pending.set(keyOf(address), { address, ack: undefined, expired: true });
  }
  return messages.map((address) => {
    const key = keyOf(address);
    return finals.get(key) ?? pending.get(key) ?? { address, ack: undefined };
  });
}

/** The messages that may expire, of those that no node has begun. */
function unbegun(messages: readonly Message[], pending: readonly Outcome[]): Address[] {
  const mayExpire = new Set(messages.filter(({ expires }) => expires !== undefined).map(keyOf));
  return pending.flatMap(({ address, ack }) => (ack === undefined && mayExpire.has(keyOf(address)) ? [address] : []));
}

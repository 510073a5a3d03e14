import type { Broker } from "../broker/connection/broker.ts";
import { queuedSubjects } from "../broker/read/queued.ts";
import { Journal } from "../broker/write/journal.ts";
import { purgeSubject } from "../broker/write/purge.ts";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import { messageSubject, parseMessageSubject } from "../protocol/subjects.ts";
import { inParallel } from "../util/in-parallel.ts";
import { cancelOnNode } from "./cancel-on-node.ts";

const atOnce = 50;

/**
 * Cancels all queued messages of a node that has no daemon, until its queue is empty. Each message gets its final ACK.
 * Resolves to the number of cancelled messages. Messages that had already ended are only removed from the queue. `say`
 * is called with the reason for a delay.
 * @throws StewardError notStored if the end of a message cannot be decided; the reason of `signal`
 */
export async function cancelQueued(
  broker: Broker,
  node: string,
  { by, say, signal }: { readonly by: string; readonly say: (text: string) => void; readonly signal: AbortSignal },
): Promise<number> {
  const { namespace, names } = broker;
  const journal = new Journal(broker, signal, say);
  const canceller = { broker, journal, by, instance: newId(), waitMs: 0, signal };
  for (let cancelled = 0; ;) {
    const filter = `${namespace}.${node}.*.*.*`;
    const queued = await broker.untilAnswered(() => queuedSubjects(broker, filter), signal);
    const addresses = [...queued.keys()].map(parseMessageSubject).filter((address) => address !== undefined);
    if (addresses.length === 0) return cancelled;
    await inParallel(addresses, atOnce, async (address) => {
      const done = await cancelOnNode(address, canceller);
      if (done.kind === "undecided")
        throw new StewardError("notStored", `${address.id} was not cancelled: ${done.reason}`);
      if (!done.before) cancelled++;
      await broker.untilAnswered(
        () => purgeSubject(broker, names.messages, messageSubject(namespace, address)),
        signal,
      );
    });
  }
}

import type { Broker } from "../broker/connection/broker.ts";
import { getPage } from "../broker/read/page.ts";
import { countQueued, queuedAddress } from "../broker/read/queued.ts";
import { Journal } from "../broker/write/journal.ts";
import { removeQueued } from "../broker/write/remove.ts";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import { messageFilter } from "../protocol/subjects.ts";
import { inParallel } from "../util/in-parallel.ts";
import { cancelOnNode } from "./cancel-on-node.ts";

const atOnce = 50;
const pageSize = 500;

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
  const journal = new Journal(broker, signal, say);
  const canceller = { broker, journal, by, instance: newId(), waitMs: 0, signal };
  const filter = messageFilter(broker.namespace, { node });
  let cancelled = 0;
  for (let tries = 0; ; tries++) {
    for (let [from, more] = [1, 1]; more > 0;) {
      const asked = { filter, from, most: pageSize };
      const page = await broker.untilAnswered(() => getPage(broker, broker.names.messages, asked), signal);
      await inParallel(page.messages, atOnce, async (stored) => {
        const address = queuedAddress(stored);
        const done = address && (await cancelOnNode(address, canceller, stored));
        if (done?.kind === "undecided")
          throw new StewardError("notStored", `${done.address.id} was not cancelled: ${done.reason}`);
        if (done?.before === false) cancelled++;
        else await removeQueued(broker, stored.sequence, signal);
      });
      [from, more] = [(page.messages.at(-1)?.sequence ?? from) + 1, page.more];
    }
    // A replica that lags may have left out messages, so the leader decides.
    const left = await broker.untilAnswered(() => countQueued(broker, filter, () => node), signal);
    if (left.size === 0) return cancelled;
    await broker.backOff(tries, signal);
  }
}

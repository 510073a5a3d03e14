import { scheduleIdOf, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { queuedFirings } from "../read/schedules.ts";
import { removeQueued } from "./remove.ts";

/**
 * Removes a message and its copies from the queue. In the queue, a firing has the id of its schedule. A replica that
 * lags may not show a copy that was just stored; the node of the message removes such a copy.
 * @throws StewardError streamsMissing, brokerRefused; the reason of `signal`
 */
export async function removeMessage(broker: Broker, address: Address, signal: AbortSignal): Promise<void> {
  const schedule = scheduleIdOf(address.id);
  const places = schedule === undefined ? [address] : [address, { ...address, id: schedule }];
  for (const place of places) {
    for await (const { id = place.id, sequence } of queuedFirings(broker, place, signal)) {
      if (id === address.id) await removeQueued(broker, sequence, signal);
    }
  }
}

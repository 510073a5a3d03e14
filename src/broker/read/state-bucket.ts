import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../connection/broker.ts";
import { streamInfo } from "./stream-info.ts";

/** The time to wait if the broker does not report the bucket's progress, in milliseconds. */
const graceMs = 1000;

/**
 * Resolves when the state bucket has every ACK that was stored before this call. So an entry that is removed after this
 * wait does not come back.
 */
export async function stateCaughtUp(broker: Broker, signal: AbortSignal): Promise<void> {
  const { names } = broker;
  const { state } = await broker.untilAnswered(() => streamInfo(broker, names.acks), signal);
  const target = state?.last_seq ?? 0;
  for (let tries = 0; ; tries++) {
    const { sources = [] } = await broker.untilAnswered(() => streamInfo(broker, `KV_${names.nodesBucket}`), signal);
    const reached = sources.find(({ name }) => name === names.acks)?.seq;
    if (reached === undefined) return delay(graceMs, undefined, { signal });
    if (reached >= target) return;
    await broker.backOff(tries, signal);
  }
}

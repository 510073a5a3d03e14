import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../connection/broker.ts";
import { streamInfo } from "./stream-info.ts";

/** A broker that does not say how far the bucket has come is given so long, in milliseconds. */
const graceMs = 1000;

/**
 * Resolves once the state bucket has taken in every ACK that was stored before this was called, so that what is removed
 * from it then does not come back.
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

import { setTimeout as delay } from "node:timers/promises";

/** Resolves with `work`, or after `ms`. */
export async function atMost(ms: number, work: Promise<void>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, delay(ms, undefined, { signal: enough.signal }).catch(() => undefined)]);
  enough.abort();
}

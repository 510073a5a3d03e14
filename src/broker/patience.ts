import { setTimeout as delay } from "node:timers/promises";
import { errors, type NatsConnection } from "nats";

/** Waits before another try: from 50 ms, doubling up to 2 s, with jitter so that a fleet does not return as one. */
export async function backOff(tries: number, signal?: AbortSignal): Promise<void> {
  const ms = Math.min(2000, 50 * 2 ** Math.min(tries, 6)) * (0.5 + Math.random());
  await delay(ms, undefined, signal === undefined ? {} : { signal });
}

/** Makes a request again until somebody answers; ends early only by `signal` or when the connection is closed. */
export async function untilAnswered<T>(nc: NatsConnection, ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (nc.isClosed() || !isSilence(error)) throw error;
    }
    await backOff(tries, signal);
  }
}

/** True when a request failed because nobody answered it, now: the broker is away, or has no leader yet. */
export function isSilence(error: unknown): boolean {
  return error instanceof errors.TimeoutError || error instanceof errors.RequestError;
}

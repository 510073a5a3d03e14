import { setTimeout } from "node:timers/promises";
import { onAbort } from "../util/on-abort.ts";

/** How soon files that are being written are checked again, and how often all others, if no event reports a change. */
const busyMs = 50;
const idleMs = 1000;

export interface Rounds {
  /** Begins the next round at once, or right after the present one. */
  readonly wake: () => void;
  /** Resolves when the last round has ended, after the abort. */
  readonly ended: Promise<void>;
}

/**
 * Runs `round` again and again until the abort, never twice at a time. `round` resolves to whether the next one must
 * follow soon.
 */
export function startRounds(signal: AbortSignal, round: () => Promise<boolean>): Rounds {
  let alarm = new AbortController();
  const wake = (): void => alarm.abort();
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      alarm = new AbortController();
      const isBusy = await round();
      if (signal.aborted) break;
      await setTimeout(isBusy ? busyMs : idleMs, undefined, { signal: alarm.signal }).catch(() => undefined);
    }
  };
  onAbort(signal, wake);
  return { wake, ended: run() };
}

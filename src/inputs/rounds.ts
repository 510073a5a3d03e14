import { setTimeout } from "node:timers/promises";
import { onAbort } from "../util/on-abort.ts";

/**
 * If no event reports a change, the next round begins after this number of milliseconds: `busyMs` while a file is being
 * written, otherwise `idleMs`.
 */
const busyMs = 50;
const idleMs = 1000;

export interface Rounds {
  /** Begins the next round at once. If a round is in progress, the next round follows directly. */
  readonly wake: () => void;
  /** Resolves after the abort, when the last round has ended. */
  readonly ended: Promise<void>;
}

/**
 * Runs `round` again and again until the abort, never two rounds at the same time. `round` resolves to true if the next
 * round must follow soon.
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

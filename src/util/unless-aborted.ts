import { onAbort } from "./on-abort.ts";

/** Resolves or rejects as `work` does. Resolves earlier if the signal is aborted. The listener is always removed. */
export function unlessAborted(signal: AbortSignal | undefined, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => resolve());
    work.then(() => resolve(), reject).finally(forget);
  });
}

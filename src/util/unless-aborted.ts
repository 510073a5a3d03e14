import { onAbort } from "./on-abort.ts";

/** Resolves or rejects with `work`, or resolves when the signal is aborted; leaves no listener behind. */
export function unlessAborted(signal: AbortSignal | undefined, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => resolve());
    work.then(() => resolve(), reject).finally(forget);
  });
}

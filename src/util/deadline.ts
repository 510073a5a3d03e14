import { longestTimer } from "./duration.ts";
import { onAbort } from "./on-abort.ts";

/**
 * A signal that is aborted after `ms` milliseconds, or when `signal` is aborted. After its disposal, the signal is not
 * aborted any more. `AbortSignal.any([AbortSignal.timeout(ms), signal])` is not used, because Node 20 may
 * garbage-collect that timeout before it fires.
 */
export function deadline(ms: number, signal?: AbortSignal): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const timer = setTimeout(end, Math.min(ms, longestTimer));
  const forget = onAbort(signal, end);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      forget();
    },
  };
}

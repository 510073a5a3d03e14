import { longestTimer } from "./duration.ts";
import { onAbort } from "./on-abort.ts";

/**
 * A signal that is aborted after `ms` milliseconds, or with `signal`, until it is disposed of. It does not use
 * `AbortSignal.any([AbortSignal.timeout(ms), signal])`: Node 20 may collect that timeout as garbage, and then it never
 * fires.
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

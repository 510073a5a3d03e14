import { stdout } from "./stdio.ts";

/** A signal that Ctrl-C aborts until the signal is disposed of. A second Ctrl-C ends the process as usual. */
export function onInterrupt(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once("SIGINT", abort);
  return { signal: controller.signal, [Symbol.dispose]: () => void process.removeListener("SIGINT", abort) };
}

/**
 * Like `onInterrupt`, for commands without an end. The signal also aborts when the reader of stdout, such as `head`,
 * has left.
 */
export function onLeave(): { readonly signal: AbortSignal } & Disposable {
  const { signal, ...interrupt } = onInterrupt();
  void stdout.watchReader();
  return { ...interrupt, signal: AbortSignal.any([signal, stdout.closed]) };
}

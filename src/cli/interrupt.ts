import { stdout } from "./stdio.ts";

/** A signal that Ctrl-C aborts while it is in use. A second Ctrl-C ends the process as usual. */
export function onInterrupt(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once("SIGINT", abort);
  return { signal: controller.signal, [Symbol.dispose]: () => void process.removeListener("SIGINT", abort) };
}

/**
 * Like `onInterrupt`, for commands without an end: it also aborts when the reader of stdout has left, such as `head`.
 */
export function onLeave(): { readonly signal: AbortSignal } & Disposable {
  const { signal, ...interrupt } = onInterrupt();
  void stdout.watchReader();
  return { ...interrupt, signal: AbortSignal.any([signal, stdout.closed]) };
}

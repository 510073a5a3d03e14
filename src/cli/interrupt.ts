import { stdout } from "./stdio.ts";

/** A signal that Ctrl-C aborts, for as long as it is in use; a second Ctrl-C ends the process as usual. */
export function onInterrupt(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once("SIGINT", abort);
  return { signal: controller.signal, [Symbol.dispose]: () => void process.removeListener("SIGINT", abort) };
}

/** As `onInterrupt`, for what has no end of its own: it also ends when nobody reads stdout any more, as behind `head`. */
export function onLeave(): { readonly signal: AbortSignal } & Disposable {
  const { signal, ...interrupt } = onInterrupt();
  void stdout.watchReader();
  return { ...interrupt, signal: AbortSignal.any([signal, stdout.gone]) };
}

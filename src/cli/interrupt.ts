/** A signal that Ctrl-C aborts, for as long as it is in use; a second Ctrl-C ends the process as usual. */
export function onInterrupt(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once("SIGINT", abort);
  return { signal: controller.signal, [Symbol.dispose]: () => void process.removeListener("SIGINT", abort) };
}

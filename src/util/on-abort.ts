/**
 * Calls `act` when the signal is aborted; at once if it is aborted already, because a listener that is added then is
 * never called. The returned function removes the listener.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted === true) act();
  else signal?.addEventListener("abort", act, { once: true });
  return () => signal?.removeEventListener("abort", act);
}

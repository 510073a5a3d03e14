/**
 * Calls `act` when the signal is aborted. If the signal is already aborted, calls `act` at once, because a new listener
 * would never be called. The returned function removes the listener.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted === true) act();
  else signal?.addEventListener("abort", act, { once: true });
  return () => signal?.removeEventListener("abort", act);
}

/**
 * Calls `act` when the signal is aborted; at once when it already is, as a listener that is added then is never called.
 * The function that is returned takes that back.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted === true) act();
  else signal?.addEventListener("abort", act, { once: true });
  return () => signal?.removeEventListener("abort", act);
}

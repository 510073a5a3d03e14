import { deadline } from "../util/deadline.ts";
import { onAbort } from "../util/on-abort.ts";

/** The longest time for reading the current state at the end of a wait, in milliseconds. */
const lookMs = 2000;
/** The longest time for this reading after Ctrl-C, in milliseconds. */
const hurriedMs = 500;

/**
 * Reads the current state at the end of a wait, in a limited time. Undefined if no answer comes in this time, for
 * example from a suspended daemon. The request then continues in the background.
 */
export async function lastLook<T>(look: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
  using over = signal?.aborted === true ? deadline(hurriedMs) : deadline(lookMs, signal);
  const late = new Promise<undefined>((resolve) => onAbort(over.signal, () => resolve(undefined)));
  return await Promise.race([look(), late]);
}

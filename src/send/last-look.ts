import { deadline } from "../util/deadline.ts";
import { onAbort } from "../util/on-abort.ts";

/** The longest time for reading the current state at the end of a wait, in milliseconds. */
const lookMs = 2000;
/** The same after Ctrl-C. */
const hurriedMs = 500;

/**
 * The current state at the end of a wait; undefined when a suspended daemon or a silent broker would delay the end. The
 * request then continues in the background.
 */
export async function lastLook<T>(look: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
  using over = signal?.aborted === true ? deadline(hurriedMs) : deadline(lookMs, signal);
  const late = new Promise<undefined>((resolve) => onAbort(over.signal, () => resolve(undefined)));
  return await Promise.race([look(), late]);
}

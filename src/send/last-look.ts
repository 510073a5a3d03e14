import { deadline } from "../util/deadline.ts";
import { onAbort } from "../util/on-abort.ts";

/** How long it takes at most to look where things stand at the end of a waiting, in milliseconds. */
const lookMs = 2000;
/** For somebody who has pressed Ctrl-C. */
const hurriedMs = 500;

/**
 * What is seen when a waiting ends; undefined when a stopped daemon or a silent broker would hold up the end. It goes on
 * in the background then.
 */
export async function lastLook<T>(look: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
  using over = signal?.aborted === true ? deadline(hurriedMs) : deadline(lookMs, signal);
  const late = new Promise<undefined>((resolve) => onAbort(over.signal, () => resolve(undefined)));
  return await Promise.race([look(), late]);
}

import { setTimeout as delay } from "node:timers/promises";

/** Waits until a condition holds; rejects after `timeoutMs` with what was waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number = 10_000,
  what: string = condition.toString(),
): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await condition());) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(20);
  }
}

import { setTimeout as delay } from "node:timers/promises";

/** Waits until a condition holds; rejects after `timeoutMs` with what was waited for, told then if it is a function. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number = 10_000,
  what: string | (() => string) = condition.toString(),
): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await condition());) {
    if (Date.now() > deadline) {
      throw new Error(`not within ${timeoutMs} ms: ${typeof what === "string" ? what : what()}`);
    }
    await delay(20);
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { saysNotYet } from "./server-answers.ts";

/** How long a forming cluster is waited for, in milliseconds: its servers elect a leader and meet within seconds. */
const patience = 30_000;

/**
 * Repeats a request to JetStream for as long as the answer is one that a forming cluster gives, and throws the last
 * such answer after 30 s. Only for requests that may be sent twice.
 */
export async function whileForming<T>(request: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + patience;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!saysNotYet(error) || performance.now() > giveUpAt) throw error;
      await sleep(200 + Math.random() * 200);
    }
  }
}

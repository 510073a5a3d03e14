import { setTimeout as sleep } from "node:timers/promises";
import { saysNotYet } from "./server-answers.ts";

/**
 * The time to wait for a forming cluster, in milliseconds. The servers of a cluster connect and elect a leader within
 * seconds.
 */
const patience = 30_000;

/**
 * Repeats a request to JetStream while the answer shows a forming cluster. After 30 s, throws the last such answer. The
 * request must be safe to send twice.
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

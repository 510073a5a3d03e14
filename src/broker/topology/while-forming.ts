import { setTimeout as sleep } from "node:timers/promises";
import { saysNotYet } from "./server-answers.ts";

/** How long to wait for a forming cluster, in milliseconds: its servers connect and elect a leader within seconds. */
const patience = 30_000;

/**
 * Repeats a request to JetStream while the answer is one of a forming cluster, and throws the last such answer after 30
 * s. Only for requests that may be sent twice.
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

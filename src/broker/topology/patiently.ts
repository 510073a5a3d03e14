import { setTimeout as sleep } from "node:timers/promises";
import { JetStreamApiError } from "@nats-io/jetstream";
import { TimeoutError } from "nats";

/** How long a forming cluster is waited for, in milliseconds: its servers elect a leader and meet within seconds. */
const patience = 20_000;

/**
 * Repeats a request to JetStream for as long as its answer is one that a cluster gives while it forms or changes its
 * leader, and throws the last such answer after 20 s. Only for requests that may be sent twice.
 */
export async function patiently<T>(request: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + patience;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!mayPass(error) || Date.now() > giveUpAt) throw error;
      await sleep(200 + Math.random() * 200);
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof TimeoutError) return true;
  if (!(error instanceof JetStreamApiError) || isOff(error)) return false;
  return error.status === 503 || error.code === noSuitablePeers;
}

/** Whether JetStream said that it is switched off, for the account or for the server. */
export function isOff(error: JetStreamApiError): boolean {
  return error.code === 10_039 || error.code === 10_076;
}

/** Too few servers for the replicas asked for: those there are may not have met yet. */
export const noSuitablePeers = 10_005;

import type { Broker } from "../broker/broker.ts";
import { readStream } from "../broker/read-stream.ts";

/**
 * Calls back when something about a node may have changed: a heartbeat or its end, an ACK, a hold. Not everything is
 * heard, such as a message that is queued for a node that is down; who must know looks now and then. Ends with `signal`.
 * @throws StewardError streamsMissing
 */
export async function onNodeChanges(broker: Broker, signal: AbortSignal, changed: () => void): Promise<void> {
  const { nodesBucket, presenceBucket } = broker.names;
  await Promise.all(
    [nodesBucket, presenceBucket].map(async (bucket) => {
      const reading = { filters: [`$KV.${bucket}.>`], from: "new", headersOnly: true, follow: true, signal } as const;
      const stored = readStream(broker, `KV_${bucket}`, reading);
      while ((await stored.next()).done !== true) changed();
    }),
  );
}

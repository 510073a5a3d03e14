import type { Broker } from "../broker/connection/broker.ts";
import { onBucketChange } from "../broker/read/bucket-changes.ts";

/**
 * Calls `changed` when something about a node may have changed: a heartbeat or its end, an ACK, a hold. Some changes
 * are not noticed, such as a message that is queued for a node that is down, so a caller should also read the state
 * from time to time. Ends with `signal`.
 * @throws StewardError streamsMissing
 */
export async function onNodeChanges(broker: Broker, signal: AbortSignal, changed: () => void): Promise<void> {
  const { nodesBucket, presenceBucket } = broker.names;
  await Promise.all([nodesBucket, presenceBucket].map((bucket) => onBucketChange(broker, bucket, signal, changed)));
}

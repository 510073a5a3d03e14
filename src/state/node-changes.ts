import type { Broker } from "../broker/connection/broker.ts";
import { onBucketChange } from "../broker/read/bucket-changes.ts";

/**
 * Calls `changed` when the state of a node may have changed: by a heartbeat, the expiry of a heartbeat, an ACK or a
 * hold. Some changes are not noticed, for example a message that is queued for a node that is down. So a caller should
 * also read the state from time to time. Ends when `signal` aborts.
 * @throws StewardError streamsMissing
 */
export async function onNodeChanges(broker: Broker, signal: AbortSignal, changed: () => void): Promise<void> {
  const { nodesBucket, presenceBucket } = broker.names;
  await Promise.all([nodesBucket, presenceBucket].map((bucket) => onBucketChange(broker, bucket, signal, changed)));
}

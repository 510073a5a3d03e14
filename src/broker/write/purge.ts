import type { Broker } from "../connection/broker.ts";
import { manageStream } from "../connection/packages.ts";
import { kvSubject } from "../connection/stream-names.ts";

/**
 * Removes the messages on a subject from a stream. Not for the queue: the broker asks every consumer of the stream about
 * a purge, but only the consumer of its node about the removal of one message (see `removeQueued`). With `before`, removes only the messages before that sequence.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function purgeSubject(broker: Broker, stream: string, subject: string, before?: number): Promise<void> {
  const failed = `the broker does not remove ${subject} from ${stream}`;
  const which = { filter: subject, ...(before === undefined ? {} : { seq: before }) };
  await manageStream(broker, { stream, failed }, ({ streams }) => streams.purge(stream, which));
}

/**
 * Removes keys from a bucket, and leaves no marker. With `before`, removes only their entries before that revision.
 * Throws as `purgeSubject` does.
 */
export async function purgeKeys(broker: Broker, bucket: string, keys: string, before?: number): Promise<void> {
  await purgeSubject(broker, `KV_${bucket}`, kvSubject(bucket, keys), before);
}

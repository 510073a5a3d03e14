import { onAbort } from "../../util/on-abort.ts";
import type { Broker } from "../connection/broker.ts";
import { bucketOf } from "../connection/packages.ts";
import { streamInfo } from "./stream-info.ts";

/**
 * Calls back at each change of a bucket, until `signal` is aborted. Changes may be missed while the connection is lost,
 * or when the bucket is deleted and created again.
 * @throws StewardError streamsMissing
 */
export async function onBucketChange(
  broker: Broker,
  bucket: string,
  signal: AbortSignal,
  changed: () => void,
): Promise<void> {
  // The package is imported here, because only programs that watch a bucket need the package in memory.
  const { KvWatchInclude } = await import("@nats-io/kv");
  const options = { include: KvWatchInclude.UpdatesOnly, headers_only: true };
  for (let tries = 0; !signal.aborted; tries++) {
    const watch = await broker.untilAnswered(async () => {
      await streamInfo(broker, `KV_${bucket}`);
      return (await bucketOf(broker, bucket)).watch(options);
    }, signal);
    const forget = onAbort(signal, () => watch.stop());
    const changes = watch[Symbol.asyncIterator]();
    while ((await changes.next()).done !== true) changed();
    forget();
    // The watch ended: the bucket was deleted, and perhaps created again.
    await broker.backOff(tries, signal).catch(() => undefined);
  }
}

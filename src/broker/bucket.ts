import { createInbox, nuid, type Msg } from "nats";
import { askApi, refusedBy, type ApiError } from "./api.ts";
import { SilenceError, type Broker } from "./broker.ts";
import { deliveryPlace } from "./delivery-place.ts";

/** An entry of a bucket, or the marker that a deletion or an expiry left. */
export interface BucketEntry {
  readonly key: string;
  readonly revision: number;
  /** When the bucket stored it, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  /** Undefined for a marker; `deleted` by somebody, or `expired`. */
  readonly gone: "deleted" | "expired" | undefined;
  /** Empty when only headers were asked for. */
  readonly data: Uint8Array;
  readonly headers: Msg["headers"];
}

export interface BucketReading {
  /** Leaves the values in the broker: those of ACKs may be large. */
  readonly headersOnly?: boolean;
  /** Every revision that is kept, oldest first, instead of the last of each key. */
  readonly history?: boolean;
}

/** So many entries are asked for at once, and held in memory. */
const pageSize = 5000;
const patienceMs = 5000;

/**
 * Reads entries of a bucket whose keys fit one of the filters, which must not overlap, as they stand with the stream's
 * leader. Through a consumer of its own, since a batched direct get ends at 1,024 keys. Rejects with silence when the
 * broker stops answering.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function* bucketEntries(
  broker: Broker,
  bucket: string,
  keys: readonly string[],
  { headersOnly = false, history = false }: BucketReading = {},
): AsyncGenerator<BucketEntry> {
  const [stream, name] = [`KV_${bucket}`, nuid.next()];
  const config = {
    name,
    deliver_policy: history ? "all" : "last_per_subject",
    ack_policy: "none",
    filter_subjects: keys.map((key) => `$KV.${bucket}.${key}`),
    headers_only: headersOnly,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: 30e9,
  };
  const create = JSON.stringify({ stream_name: stream, action: "create", config });
  const api = `$JS.API.CONSUMER.CREATE.${stream}.${name}`;
  const { error } = await askApi<{ readonly error?: ApiError }>(broker, api, create);
  if (error !== undefined) throw refusedBy(stream, error, `the broker does not show what is in ${stream}`);
  try {
    for (let length = pageSize; length === pageSize;) {
      const page = await nextPage(broker, stream, name);
      length = page.length;
      for (const msg of page) yield entryOf(msg, bucket);
    }
  } finally {
    if (!broker.nc.isClosed()) broker.nc.publish(`$JS.API.CONSUMER.DELETE.${stream}.${name}`);
  }
}

/** What the consumer has next; fewer than a page when there is no more. */
function nextPage(broker: Broker, stream: string, consumer: string): Promise<Msg[]> {
  return new Promise((resolve, reject) => {
    const page: Msg[] = [];
    const fail = (reason: string): void => end(() => reject(new SilenceError(reason)));
    const silent = setTimeout(() => fail(`${stream} is not read to its end`), patienceMs);
    const subscription = broker.nc.subscribe(createInbox(), {
      callback: (error, msg) => {
        silent.refresh();
        if (error !== null) return end(() => reject(error));
        const code = msg.headers?.code ?? 0;
        if (code === 0) page.push(msg);
        if (page.length === pageSize || code === 404) return end(() => resolve(page));
        if (code !== 0) fail(`${stream}: ${msg.headers?.description || "nobody answers"}`);
      },
    });
    const forget = broker.onConnection({ lost: () => fail("the connection to the broker was lost") });
    const end = (settle: () => void): void => {
      clearTimeout(silent);
      forget();
      subscription.unsubscribe();
      settle();
    };
    const request = JSON.stringify({ batch: pageSize, no_wait: true });
    const reply = subscription.getSubject();
    broker.nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, request, { reply });
  });
}

function entryOf({ subject, data, headers, reply }: Msg, bucket: string): BucketEntry {
  const { sequence = 0, storedAt = 0 } = deliveryPlace(reply) ?? {};
  const expired = headers?.has("Nats-Marker-Reason") === true;
  const deleted = headers?.has("KV-Operation") === true;
  return {
    key: subject.slice(`$KV.${bucket}.`.length),
    revision: sequence,
    storedAt,
    gone: expired ? "expired" : deleted ? "deleted" : undefined,
    data,
    headers,
  };
}

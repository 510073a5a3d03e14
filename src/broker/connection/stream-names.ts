/**
 * The names of a fleet's streams and buckets. A bucket's name lacks the prefix `KV_` or `OBJ_` that the bucket's stream
 * has.
 */
export interface StreamNames {
  readonly messages: string;
  /** The stream that has the messages while `steward init` moves the queue of an older version. */
  readonly movingMessages: string;
  readonly acks: string;
  readonly schedules: string;
  readonly archive: string;
  readonly nodesBucket: string;
  readonly presenceBucket: string;
  readonly groupsBucket: string;
  readonly filesBucket: string;
}

/** The names in a namespace. `steward` gives `STEWARD_MESSAGES`; `fleet-a` gives `FLEET-A_MESSAGES`. */
export function streamNames(namespace: string): StreamNames {
  const prefix = namespace.toUpperCase();
  return {
    messages: `${prefix}_MESSAGES`,
    movingMessages: `${prefix}_MESSAGES_MOVING`,
    acks: `${prefix}_ACKS`,
    schedules: `${prefix}_SCHEDULES`,
    archive: `${prefix}_ARCHIVE`,
    nodesBucket: `${prefix}_NODES`,
    presenceBucket: `${prefix}_PRESENCE`,
    groupsBucket: `${prefix}_GROUPS`,
    filesBucket: `${prefix}_FILES`,
  };
}

/** The subject of a key in the stream of a bucket. A filter gives the subject for all keys that match it. */
export function kvSubject(bucket: string, key: string): string {
  return `$KV.${bucket}.${key}`;
}

/** The key of a subject in the stream of a bucket. */
export function kvKey(bucket: string, subject: string): string {
  return subject.slice(kvSubject(bucket, "").length);
}

/**
 * The names of a fleet's streams and buckets. Names of buckets are without the prefix `KV_` or `OBJ_` of their streams.
 */
export interface StreamNames {
  readonly messages: string;
  readonly acks: string;
  readonly schedules: string;
  readonly archive: string;
  readonly nodesBucket: string;
  readonly presenceBucket: string;
  readonly groupsBucket: string;
  readonly filesBucket: string;
}

/** The names in a namespace: `steward` gives `STEWARD_MESSAGES`, `fleet-a` gives `FLEET-A_MESSAGES`. */
export function streamNames(namespace: string): StreamNames {
  const prefix = namespace.toUpperCase();
  return {
    messages: `${prefix}_MESSAGES`,
    acks: `${prefix}_ACKS`,
    schedules: `${prefix}_SCHEDULES`,
    archive: `${prefix}_ARCHIVE`,
    nodesBucket: `${prefix}_NODES`,
    presenceBucket: `${prefix}_PRESENCE`,
    groupsBucket: `${prefix}_GROUPS`,
    filesBucket: `${prefix}_FILES`,
  };
}

/** The subject on which the stream of a bucket keeps a key, or keys that fit a filter. */
export function kvSubject(bucket: string, key: string): string {
  return `$KV.${bucket}.${key}`;
}

/** The key that is kept on a subject. */
export function kvKey(bucket: string, subject: string): string {
  return subject.slice(kvSubject(bucket, "").length);
}

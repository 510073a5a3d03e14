import type { Msg } from "nats";
import type { Broker } from "../connection/broker.ts";

/** A message in a stream. */
export interface Stored {
  readonly subject: string;
  readonly sequence: number;
  /** The time when the broker stored the message, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  readonly data: Uint8Array;
  readonly headers: Msg["headers"];
}

/**
 * The last message on a subject. Undefined if the answering replica has no such message. On a cluster, undefined proves
 * nothing, because the replica may lag. Rejects if no answer comes.
 */
export async function lastOnSubject(broker: Broker, stream: string, subject: string): Promise<Stored | undefined> {
  return get(broker, `$JS.API.DIRECT.GET.${stream}.${subject}`, "");
}

/** The first message on a subject at or after a sequence. Undefined has the same meaning as for `lastOnSubject`. */
export async function firstFrom(
  broker: Broker,
  stream: string,
  { sequence, subject }: Pick<Stored, "sequence" | "subject">,
): Promise<Stored | undefined> {
  return get(broker, `$JS.API.DIRECT.GET.${stream}`, JSON.stringify({ seq: sequence, next_by_subj: subject }));
}

async function get(broker: Broker, subject: string, body: string): Promise<Stored | undefined> {
  return storedFrom(await broker.request(subject, body));
}

/**
 * Reads the answer to a direct get. The answer is the message, with its position in headers. Undefined if the answer is
 * a status without a message.
 */
export function storedFrom(reply: Msg): Stored | undefined {
  const found = reply.headers;
  if (found?.code !== 0) return undefined;
  // The message may have headers with the same names. The server's own headers come after the headers of the message.
  return {
    subject: found.last("Nats-Subject"),
    sequence: Number(found.last("Nats-Sequence")),
    storedAt: Date.parse(found.last("Nats-Time-Stamp")),
    data: reply.data,
    headers: found,
  };
}

import type { MsgRequest, NextMsgRequest, StoredMsg } from "@nats-io/jetstream";
import type { Broker } from "../connection/broker.ts";
import { manageStream } from "../connection/packages.ts";
import type { Stored } from "./direct-get.ts";

/**
 * The last message on a subject, from the stream's leader. The request is slower than `lastOnSubject`, but the answer
 * is never outdated. Undefined if there is no such message. Rejects with silence (see `isSilence`) if no answer comes.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function lastOnLeader(
  broker: Broker,
  stream: string,
  subject: string,
): Promise<Pick<Stored, "sequence" | "storedAt" | "data"> | undefined> {
  const last = await onLeader(broker, stream, { last_by_subj: subject });
  return last === null ? undefined : { sequence: last.seq, storedAt: last.time.getTime(), data: last.data };
}

/** A message of a stream, from the stream's leader. `null` if there is no such message. Rejects as `lastOnLeader` does. */
export async function onLeader(
  broker: Broker,
  stream: string,
  query: MsgRequest | NextMsgRequest,
): Promise<StoredMsg | null> {
  const failed = `the broker does not show the messages of ${stream}`;
  return manageStream(broker, { stream, failed }, ({ streams }) => streams.getMessage(stream, query as MsgRequest));
}

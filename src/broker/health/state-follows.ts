import type { StreamInfo, StreamSourceInfo } from "@nats-io/jetstream";
import { setTimeout as delay } from "node:timers/promises";
import { parseAckSubject, typeAndSubject } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { manageStream } from "../connection/packages.ts";
import { kvSubject } from "../connection/stream-names.ts";
import { lastOnSubject, type Stored } from "../read/direct-get.ts";

/** The result of a comparison of the nodes' state with the log. */
export type StateFollows =
  | { readonly kind: "current"; readonly sequence: number }
  /** The log is empty. */
  | { readonly kind: "nothing" }
  | { readonly kind: "behind"; readonly sequence: number; readonly reason: string };

/**
 * The time to wait for the ACK, in milliseconds. An ACK reaches the state within milliseconds, but a source that was
 * just created needs up to three seconds to begin.
 */
const patienceMs = 3000;
const lively = 10e9;

/**
 * Looks for the log's last ACK in the state bucket, into which the broker copies the ACKs of the log. The lag that the
 * broker reports for the bucket is not enough: it is 0 even before the copying has begun.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function stateFollows(broker: Broker): Promise<StateFollows> {
  const { acks, nodesBucket } = broker.names;
  const last = await lastAck(broker, acks);
  const address = last === undefined ? undefined : parseAckSubject(last.subject);
  if (last === undefined || address === undefined) return { kind: "nothing" };
  const { sequence } = last;
  const bucket = `KV_${nodesBucket}`;
  const key = kvSubject(nodesBucket, `${address.node}.${typeAndSubject(address)}`);
  for (const deadline = performance.now() + patienceMs; ; await delay(100)) {
    if (holds(await lastOnSubject(broker, bucket, key), sequence)) return { kind: "current", sequence };
    const [source] = (await infoOf(broker, bucket)).sources ?? [];
    const runs = source?.lag === 0 && source.active >= 0 && source.active < lively;
    // The entry of the ACK may have been removed without a trace.
    if (runs && performance.now() > deadline) return { kind: "current", sequence };
    if (performance.now() > deadline) return { kind: "behind", sequence, reason: reasonOf(source) };
  }
}

/**
 * The last ACK of all messages. The request does not use the stream's last sequence, because the message at that
 * sequence may have been removed.
 */
async function lastAck(broker: Broker, acks: string): Promise<Stored | undefined> {
  await infoOf(broker, acks);
  return lastOnSubject(broker, acks, `${broker.namespace}.*.ack.*.*.*`);
}

/** True if the entry was made from this ACK or from a later ACK, or if somebody has since deleted the entry by hand. */
function holds(entry: Stored | undefined, sequence: number): boolean {
  if (entry === undefined) return false;
  const [, made] = entry.headers?.get("Nats-Stream-Source").split(" ") ?? [];
  return made === undefined || Number(made) >= sequence;
}

async function infoOf(broker: Broker, stream: string): Promise<StreamInfo> {
  const failed = `the broker does not show the state of ${stream}`;
  return manageStream(broker, { stream, failed }, ({ streams }) => streams.info(stream));
}

function reasonOf(source: StreamSourceInfo | undefined): string {
  if (source === undefined) return "it has no source";
  if (source.error !== undefined) return source.error.description;
  if (source.active < 0) return "its source was never active";
  return `its source was last active ${Math.round(source.active / 1e9)} s ago, and is ${source.lag} behind`;
}

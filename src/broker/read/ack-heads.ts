import { type Ack, finalHeader, isKnownState, parseAck, stateHeader } from "../../protocol/ack.ts";
import { parseAckSubject, type Address } from "../../protocol/subjects.ts";
import { inParallel } from "../../util/in-parallel.ts";
import type { Broker } from "../connection/broker.ts";
import { kvSubject } from "../connection/stream-names.ts";
import { bucketEntries, type BucketEntry } from "./bucket.ts";
import { firstFrom } from "./direct-get.ts";

/** The facts about an ACK that the state bucket shows without the ACK's body. */
export interface AckHead extends Address, Pick<Ack, "state" | "final"> {
  /** The time when the bucket stored the ACK, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  readonly revision: number;
}

/** The number of bodies that are read at the same time, for ACKs whose headers are missing. */
const bodiesAtOnce = 50;

/**
 * The latest ACK of each lane, for one node or for all nodes. With `history`, the result also has the earlier ACKs that
 * the bucket keeps for each lane, oldest first. Reads only headers: an ACK's body contains the message and the output,
 * and the bodies of a whole fleet have gigabytes.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function ackHeads(
  broker: Broker,
  { node = "*", history = false }: { readonly node?: string | undefined; readonly history?: boolean },
): Promise<AckHead[]> {
  const heads: AckHead[] = [];
  const headless: BucketEntry[] = [];
  const keys = [`${node}.command.*`, `${node}.event.*`];
  for await (const entry of bucketEntries(broker, broker.names.nodesBucket, keys, { headersOnly: true, history })) {
    const head = headOf(entry);
    if (head !== undefined) heads.push(head);
    else if (entry.gone === undefined) headless.push(entry);
  }
  const read = await inParallel(headless, bodiesAtOnce, async (entry): Promise<AckHead[]> => {
    const ack = await ackInState(broker, entry);
    if (ack === undefined) return [];
    const { id, node: on, messageType, subject, state, final } = ack;
    const { storedAt, revision } = entry;
    return [{ id, node: on, messageType, subject, state, final, storedAt, revision }];
  });
  return read.length === 0 ? heads : [...heads, ...read.flat()].toSorted((a, b) => a.revision - b.revision);
}

/** A whole ACK of the state bucket. Undefined if the entry no longer exists or is not an ACK. */
export async function ackOfHead(
  broker: Broker,
  { node, messageType, subject, revision }: AckHead,
): Promise<Ack | undefined> {
  return ackInState(broker, { key: `${node}.${messageType}.${subject}`, revision });
}

async function ackInState(
  broker: Broker,
  { key, revision }: Pick<BucketEntry, "key" | "revision">,
): Promise<Ack | undefined> {
  const { nodesBucket } = broker.names;
  const place = { sequence: revision, subject: kvSubject(nodesBucket, key) };
  const found = await firstFrom(broker, `KV_${nodesBucket}`, place);
  return found?.sequence === revision ? parseAck(found.data) : undefined;
}

/**
 * Reads the head from the headers. The broker writes the source of an entry into a header: stream, sequence, filter,
 * transform, and the subject in that stream. Undefined if the headers do not give the message's state; the body must
 * then be read.
 */
function headOf({ headers, storedAt, revision }: BucketEntry): AckHead | undefined {
  const state = headers?.get(stateHeader) ?? "";
  const source = headers?.last("Nats-Stream-Source") ?? "";
  const address = parseAckSubject(source.split(" ")[4] ?? "");
  const said = headers?.get(finalHeader) ?? "";
  const final = said === "" ? undefined : said === "true";
  if (address === undefined || state === "" || (final === undefined && !isKnownState(state))) return undefined;
  return { ...address, state, final, storedAt, revision };
}

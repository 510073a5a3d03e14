import { type Ack, finalHeader, isKnownState, parseAck, stateHeader } from "../../protocol/ack.ts";
import { parseAckSubject, type Address } from "../../protocol/subjects.ts";
import { inParallel } from "../../util/in-parallel.ts";
import type { Broker } from "../connection/broker.ts";
import { kvSubject } from "../connection/stream-names.ts";
import { bucketEntries, type BucketEntry } from "./bucket.ts";
import { firstFrom } from "./direct-get.ts";

/** The facts about an ACK that the state bucket shows without its body. */
export interface AckHead extends Address, Pick<Ack, "state" | "final"> {
  /** When the bucket stored it, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  readonly revision: number;
}

/** How many bodies are read at once, when the header is missing. */
const bodiesAtOnce = 50;

/**
 * The latest ACK of each lane of a node, or of all nodes; with `history` also the few before it, oldest first. Reads
 * only headers: an ACK holds its message and the output, which for a whole fleet is gigabytes.
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

/** A whole ACK of the state bucket; undefined when it is no longer there, or is not an ACK. */
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
 * The broker notes in a header where it took an entry from: stream, sequence, filter, transform, and the subject there.
 * Undefined when the headers do not give the message's state; then the body must.
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

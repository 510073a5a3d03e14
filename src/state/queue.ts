import type { Broker } from "../broker/connection/broker.ts";
import { lastAck } from "../broker/read/acked.ts";
import { kvEntries } from "../broker/read/bucket.ts";
import type { Stored } from "../broker/read/direct-get.ts";
import { getPage } from "../broker/read/page.ts";
import { queuedAddress } from "../broker/read/queued.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import type { Ack } from "../protocol/ack.ts";
import { laneHoldKey, parseLaneHold, type LaneHold } from "../protocol/lane-hold.ts";
import type { Message } from "../protocol/message.ts";
import { originalOf } from "../protocol/original.ts";
import { type Address, laneOf, messageFilter, type Tokens } from "../protocol/subjects.ts";
import { parseDuration } from "../util/duration.ts";
import { inParallel } from "../util/in-parallel.ts";
import { nodesMeant } from "./queue-lengths.ts";
import { readStandings } from "./read-standings.ts";
import { selects, tokensOf, type Selection } from "./selection.ts";
import type { Standing } from "./standing.ts";

/** A message in the queue. */
export interface QueuedMessage {
  /**
   * The address of the message, with the id that the message has in the log. In the log, each firing has its own id.
   */
  readonly address: Address;
  /** The sequence of the message in the stream of the queue. */
  readonly sequence: number;
  /** The time at which the message was stored, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  /** The time at which the message expires if it has not started. Undefined if the message does not expire. */
  readonly expiresAt: number | undefined;
  /**
   * The state of the message, as far as the broker knows. `ended`: the message has ended, but its node has not removed
   * it yet.
   */
  readonly state: "waiting" | "running" | "retrying" | "expired" | "ended";
  /** The latest ACK of the message, if it has an ACK. */
  readonly ack: Ack | undefined;
  /** The message. Undefined if the stored bytes are not a valid message. */
  readonly message: Message | undefined;
  /** The hold of the message's lane. Undefined if the lane is not held. */
  readonly hold: LaneHold | undefined;
}

/** A part of the queue, oldest first. */
export interface QueuePart {
  readonly messages: readonly QueuedMessage[];
  /**
   * The number of further messages that match. Undefined if this number is not known without reading the whole queue.
   */
  readonly more: number | undefined;
  /** The time of the broker's clock. */
  readonly now: number;
}

const requestsAtOnce = 50;

/** The name of each standing in the output for the queue. */
export const queueStates: Readonly<Record<Standing, QueuedMessage["state"]>> = {
  queued: "waiting",
  running: "running",
  retrying: "retrying",
  expired: "expired",
  final: "ended",
};

/** The oldest messages in the queue, at most `most`. @throws StewardError streamsMissing, brokerRefused */
export async function readQueue(broker: Broker, selection: Selection, most: number): Promise<QueuePart> {
  const { namespace, names } = broker;
  const { ts = "" } = await streamInfo(broker, names.messages);
  const wanted = await withWholeNames(broker, selection);
  const tokens = tokensOf(wanted);
  const filters = tokens.map((one) => messageFilter(namespace, one));
  const isMeant = selects(wanted);
  const parts = await inParallel(filters, requestsAtOnce, (filter) => readOldest(broker, filter, isMeant, most));
  const oldest = parts.flatMap(({ found }) => found).toSorted((a, b) => a.stored.sequence - b.stored.sequence);
  const shown = oldest.slice(0, most);
  const holds = await kvEntries(broker, names.nodesBucket, laneHoldKey("*", "*.*"));
  const asked = await inParallel(shown, requestsAtOnce, async ({ address, stored }) => {
    const { message } = originalOf(stored.data);
    return { address, queued: stored, message, ack: await lastAck(broker, address) };
  });
  const messages = (await readStandings(broker, asked)).map(({ address, queued, message, ack, standing }) => {
    const hold = holds.get(laneHoldKey(address.node, laneOf(address)));
    const { sequence, storedAt } = queued;
    const expiresMs = parseDuration(message?.expires ?? "");
    const expiresAt = expiresMs === undefined ? undefined : storedAt + expiresMs;
    const common = { address, sequence, storedAt, expiresAt, ack, message };
    return { ...common, state: queueStates[standing], hold: hold && parseLaneHold(hold) };
  });
  const behind = parts.reduce((sum, { more }) => sum + more, oldest.length - shown.length);
  return { messages, more: behind === 0 || isExact(wanted, tokens) ? behind : undefined, now: Date.parse(ts) };
}

interface Found {
  readonly address: Address;
  readonly stored: Stored;
}

const pageSize = 500;

async function readOldest(
  broker: Broker,
  filter: string,
  isMeant: (address: Address) => boolean,
  most: number,
): Promise<{ found: Found[]; more: number }> {
  const found: Found[] = [];
  for (let from = 1; ;) {
    const page = await getPage(broker, broker.names.messages, {
      filter,
      from,
      most: Math.min(Math.max(most, 100), pageSize),
    });
    for (const [at, stored] of page.messages.entries()) {
      const address = queuedAddress(stored);
      if (address === undefined || !isMeant(address)) continue;
      if (found.length === most) return { found, more: page.more + page.messages.length - at };
      found.push({ address, stored });
    }
    if (page.more === 0 || found.length === most) return { found, more: page.more };
    from = (page.messages.at(-1)?.sequence ?? from) + 1;
  }
}

/** Replaces patterns by the names of matching nodes. */
async function withWholeNames(broker: Broker, selection: Selection): Promise<Selection> {
  const isVague = selection.nodes?.some((name) => name.includes("*")) === true;
  if (!isVague) return selection;
  const nodes = await nodesMeant(broker, selection.nodes);
  // For more nodes than this, one read of the whole queue costs less.
  return nodes.length > 0 && nodes.length <= 16 ? { ...selection, nodes } : selection;
}

/** True if the filters match exactly the selected messages. Only in this case are the broker's counts right. */
function isExact({ nodes = [], subjects = [] }: Selection, tokens: readonly Tokens[]): boolean {
  return tokens.every(({ node, subject }) => (node ?? nodes[0]) === node && (subject ?? subjects[0]) === subject);
}

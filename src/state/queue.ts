import type { Broker } from "../broker/connection/broker.ts";
import { lastAck } from "../broker/read/acked.ts";
import { kvEntries } from "../broker/read/bucket.ts";
import type { Stored } from "../broker/read/direct-get.ts";
import { getPage } from "../broker/read/page.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import type { Ack } from "../protocol/ack.ts";
import { laneHoldKey, parseLaneHold, type LaneHold } from "../protocol/lane-hold.ts";
import type { Message } from "../protocol/message.ts";
import { originalOf } from "../protocol/original.ts";
import {
  type Address,
  firingIdOf,
  laneOf,
  messageFilter,
  parseMessageSubject,
  type Tokens,
} from "../protocol/subjects.ts";
import { parseDuration } from "../util/duration.ts";
import { inParallel } from "../util/in-parallel.ts";
import { nodesMeant } from "./queue-lengths.ts";
import { readStandings } from "./read-standings.ts";
import { selects, tokensOf, type Selection } from "./selection.ts";
import type { Standing } from "./standing.ts";

/** A message in the queue. */
export interface QueuedMessage {
  /** With its id in the log: there, each firing has its own id. */
  readonly address: Address;
  /** Its sequence in the queue's stream. */
  readonly sequence: number;
  /** Milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  /** When it expires if it has not started; undefined when it does not expire. */
  readonly expiresAt: number | undefined;
  /** As far as the broker knows. `ended`: it only remains to be removed by its node. */
  readonly state: "waiting" | "running" | "retrying" | "expired" | "ended";
  /** Its latest ACK, if it has one. */
  readonly ack: Ack | undefined;
  /** Undefined when the stored bytes are not a message. */
  readonly message: Message | undefined;
  /** Why its lane is held; undefined when it is not. */
  readonly hold: LaneHold | undefined;
}

/** A part of the queue, oldest first. */
export interface QueuePart {
  readonly messages: readonly QueuedMessage[];
  /** How many more messages match; undefined when only reading the whole queue could tell. */
  readonly more: number | undefined;
  /** The broker's clock. */
  readonly now: number;
}

const requestsAtOnce = 50;

/** The names of standings in the queue. */
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
      const address = addressOf(stored);
      if (address === undefined || !isMeant(address)) continue;
      if (found.length === most) return { found, more: page.more + page.messages.length - at };
      found.push({ address, stored });
    }
    if (page.more === 0 || found.length === most) return { found, more: page.more };
    from = (page.messages.at(-1)?.sequence ?? from) + 1;
  }
}

function addressOf({ subject, headers }: Stored): Address | undefined {
  const address = parseMessageSubject(subject);
  return address && { ...address, id: firingIdOf(address.id, headers?.get("Nats-Stream-Source")) ?? address.id };
}

/** Replaces patterns by the names of matching nodes. */
async function withWholeNames(broker: Broker, selection: Selection): Promise<Selection> {
  const isVague = selection.nodes?.some((name) => name.includes("*")) === true;
  if (!isVague) return selection;
  const nodes = await nodesMeant(broker, selection.nodes);
  // For many nodes it is cheaper to read the whole queue.
  return nodes.length > 0 && nodes.length <= 16 ? { ...selection, nodes } : selection;
}

/** True when the filters match exactly the selection, so that the broker's counts are right. */
function isExact({ nodes = [], subjects = [] }: Selection, tokens: readonly Tokens[]): boolean {
  return tokens.every(({ node, subject }) => (node ?? nodes[0]) === node && (subject ?? subjects[0]) === subject);
}

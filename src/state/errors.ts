import type { Broker } from "../broker/connection/broker.ts";
import { kvKey, kvSubject } from "../broker/connection/stream-names.ts";
import { listen } from "../broker/control/listen.ts";
import { kvEntries } from "../broker/read/bucket.ts";
import type { FinalState } from "../protocol/ack.ts";
import { laneHoldKey, parseLaneHold, type LaneHold } from "../protocol/lane-hold.ts";
import { parseLaneName } from "../protocol/subjects.ts";
import { Feed } from "./feed.ts";
import { readHistory, type HistoryEntry, type Moment } from "./history.ts";
import { selects, type Selection } from "./selection.ts";

/** An error in the fleet: a message that did not succeed and was not cancelled, or a quarantined lane. */
export type ErrorEntry =
  | { readonly kind: "message"; readonly entry: HistoryEntry }
  | { readonly kind: "lane"; readonly node: string; readonly lane: string; readonly hold: LaneHold };

export interface ErrorsOptions extends Selection {
  readonly since?: Moment | undefined;
  /** At most this number of messages, the latest ones. */
  readonly last?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The final states that count as errors. */
const bad: readonly FinalState[] = ["failed", "rejected", "interrupted", "expired"];

/**
 * Yields the messages that ended in an error, oldest first, and then the quarantined lanes.
 * @throws StewardError streamsMissing
 */
export async function* readErrors(broker: Broker, options: ErrorsOptions): AsyncGenerator<ErrorEntry> {
  for await (const entry of readHistory(broker, { ...options, states: bad })) yield { kind: "message", entry };
  yield* await quarantinedLanes(broker, options);
}

/**
 * Yields the quarantined lanes, and then the messages that ended in an error, oldest first. Continues with new errors
 * when they happen.
 */
export async function* followErrors(broker: Broker, options: ErrorsOptions): AsyncGenerator<ErrorEntry> {
  const feed = new Feed<ErrorEntry>();
  const { bucket, filter } = { bucket: broker.names.nodesBucket, filter: laneHoldKey("*", "*.*") };
  const stop = await listen(broker, [kvSubject(bucket, filter)], {
    heard: ({ subject, data }) => {
      for (const one of quarantineOf(kvKey(bucket, subject), data, options)) feed.push(one);
    },
    failed: (error) => feed.end(error),
  });
  try {
    yield* await quarantinedLanes(broker, options);
    void pour(readHistory(broker, { ...options, states: bad, follow: true }), feed);
    yield* feed;
  } finally {
    stop();
  }
}

async function pour(entries: AsyncIterable<HistoryEntry>, feed: Feed<ErrorEntry>): Promise<void> {
  try {
    for await (const entry of entries) feed.push({ kind: "message", entry });
    feed.end();
  } catch (error) {
    feed.end(error instanceof Error ? error : new Error(String(error)));
  }
}

async function quarantinedLanes(broker: Broker, selection: Selection): Promise<ErrorEntry[]> {
  const entries = await kvEntries(broker, broker.names.nodesBucket, laneHoldKey("*", "*.*"));
  const found = [...entries].flatMap(([key, value]) => quarantineOf(key, value, selection));
  return found.toSorted((a, b) => Date.parse(a.hold.since) - Date.parse(b.hold.since));
}

function quarantineOf(key: string, value: Uint8Array, selection: Selection): Extract<ErrorEntry, { kind: "lane" }>[] {
  const [node = "", , ...rest] = key.split(".");
  const [lane, hold] = [parseLaneName(rest.join(".")), parseLaneHold(value)];
  if (lane === undefined || hold?.state !== "quarantined") return [];
  return selects(selection)({ node, ...lane, id: "" }) ? [{ kind: "lane", node, lane: rest.join("."), hold }] : [];
}

import type { Broker } from "../broker/connection/broker.ts";
import type { Stored } from "../broker/read/direct-get.ts";
import { readStream, type ReadOptions } from "../broker/read/read-stream.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import { type Ack, isKnownState, knownState, type KnownState, parseAck, stateHeader } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";
import { ackFilter } from "../protocol/subjects.ts";
import { selects, tokensOf, type Selection } from "./selection.ts";

/** A point in time, or a number of milliseconds ago by the broker's clock. */
export type Moment = Date | { readonly agoMs: number };

export interface HistoryOptions extends Selection {
  /** Only ACKs that count as one of these states. */
  readonly states?: readonly KnownState[] | undefined;
  /** Only ACKs of messages of this sender. Only final ACKs contain the sender, so other ACKs are left out. */
  readonly from?: string | undefined;
  /** Only ACKs that were stored since this moment. Default: all ACKs. */
  readonly since?: Moment | undefined;
  readonly until?: Moment | undefined;
  /** At most this number of ACKs, the latest ones. */
  readonly last?: number | undefined;
  /** Only ACKs after the entry with this cursor. */
  readonly after?: string | undefined;
  /** If true, the reading continues with new ACKs. */
  readonly follow?: boolean | undefined;
  /** If `signal` aborts, the reading ends. */
  readonly signal?: AbortSignal | undefined;
}

/** An ACK, and the time at which the broker stored it (RFC 3339 in UTC, by the broker's clock). */
export interface HistoryEntry {
  readonly storedAt: string;
  readonly ack: Ack;
}

/** An entry of the log, with the position of the entry. */
export interface LogEntry extends HistoryEntry {
  /**
   * Identifies the stream and a position in the stream. If the stream was created again since, a reading with an old
   * cursor begins at the start of the new stream.
   */
  readonly cursor: string;
}

/** The stored ACKs, in the order in which they were stored. @throws StewardError streamsMissing, usage */
export async function* readHistory(broker: Broker, options: HistoryOptions = {}): AsyncGenerator<LogEntry> {
  const { follow, signal, last } = options;
  const { created, state, ts = "" } = await streamInfo(broker, broker.names.acks);
  const epoch = Date.parse(created ?? "").toString(36);
  const behind = options.after === undefined ? undefined : placeBehind(options.after, epoch);
  // If the stream never had a message, `first_seq` and `last_seq` are 0. But a read must begin at 1 or later.
  const [first, end] = [Math.max(1, state?.first_seq ?? 1, behind ?? 1), state?.last_seq ?? 0];
  const [since, until] = [options.since, options.until].map((moment) => moment && timeOf(moment, Date.parse(ts)));
  const reading: Reading = { epoch, wanted: wantedBy(options), since, until };
  const filters = tokensOf(options).map((tokens) => ackFilter(broker.namespace, tokens));
  if (last === undefined) {
    yield* read(broker, { filters, from: behind ?? since ?? "first", follow, signal }, reading);
    return;
  }
  const { found, next } = await readLast(broker, last, { filters, first, end, signal }, reading);
  yield* found;
  if (follow === true) yield* read(broker, { filters, from: next, follow, signal }, reading);
}

/** The sequence after the sequence of a cursor. @throws StewardError usage */
function placeBehind(cursor: string, epoch: string): number {
  const [, of, sequence] = /^([0-9a-z]+)-(\d{1,15})$/i.exec(cursor) ?? [];
  if (sequence === undefined) throw new StewardError("usage", `${JSON.stringify(cursor)} is not a cursor of the log`);
  return of === epoch ? Number(sequence) + 1 : 1;
}

interface Reading {
  readonly epoch: string;
  readonly wanted: (stored: Stored) => Ack | undefined;
  readonly since: Date | undefined;
  readonly until: Date | undefined;
}

async function* read(broker: Broker, options: ReadOptions, reading: Reading): AsyncGenerator<LogEntry> {
  const { since, until } = reading;
  for await (const stored of readStream(broker, broker.names.acks, options)) {
    if (until !== undefined && stored.storedAt > until.getTime()) return;
    const entry = since !== undefined && stored.storedAt < since.getTime() ? undefined : entryOf(stored, reading);
    if (entry !== undefined) yield entry;
  }
}

function entryOf(stored: Stored, { wanted, epoch }: Reading): LogEntry | undefined {
  const ack = wanted(stored);
  const { sequence, storedAt } = stored;
  return ack && { storedAt: new Date(storedAt).toISOString(), ack, cursor: `${epoch}-${sequence}` };
}

interface Range {
  readonly filters: readonly string[];
  readonly first: number;
  readonly end: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The smallest number of ACKs in one part. With larger parts, more ACKs are read than needed. With smaller parts, more
 * consumers are needed.
 */
const smallestPart = 100;

/**
 * Finds the last ACKs. Reads part after part, backwards from the end, until `most` ACKs are found. Each part is larger
 * than the part before. `next` in the result is the first sequence that was not read. It is usually `end + 1`, and
 * lower if the replica that answers does not have the end of the log yet.
 */
async function readLast(
  broker: Broker,
  most: number,
  { filters, first, end, signal }: Range,
  reading: Reading,
): Promise<{ readonly found: readonly LogEntry[]; readonly next: number }> {
  const { since, until } = reading;
  let found: LogEntry[] = [];
  let next = most === 0 ? end + 1 : undefined;
  for (let [upTo, size] = [end, Math.max(smallestPart, 2 * most)]; upTo >= first && found.length < most; size *= 4) {
    const from = Math.max(first, upTo - size + 1);
    const part: LogEntry[] = [];
    let [oldest, seen] = [Infinity, from - 1];
    for await (const stored of readStream(broker, broker.names.acks, { filters, from, until: upTo, signal })) {
      oldest = Math.min(oldest, stored.storedAt);
      seen = stored.sequence;
      if (stored.storedAt < (since?.getTime() ?? 0) || stored.storedAt > (until?.getTime() ?? Infinity)) continue;
      const entry = entryOf(stored, reading);
      if (entry !== undefined) part.push(entry);
      if (part.length >= 2 * most) part.splice(0, part.length - most);
    }
    next ??= seen + 1;
    found = [...part, ...found].slice(Math.max(0, part.length + found.length - most));
    if (signal?.aborted === true || oldest < (since?.getTime() ?? 0)) break;
    upTo = from - 1;
  }
  return { found, next: next ?? end + 1 };
}

/**
 * Returns a function that selects ACKs. Most ACKs of a long log do not match, so the function first searches the bytes
 * of an ACK for the names of the wanted states. If the bytes contain none of these names, the ACK is left out unparsed,
 * but only if its header has a state that this version knows. The state of a newer version counts as `failed` or
 * `started`, so such an ACK may match without the name.
 */
function wantedBy({ states, from, ...selection }: HistoryOptions): Reading["wanted"] {
  const isMeant = selects(selection);
  const texts = states?.map((state) => `"${state}"`);
  return ({ data, headers }) => {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const isUnwanted = texts?.every((text) => !bytes.includes(text)) === true;
    if (isUnwanted && isKnownState(headers?.get(stateHeader) ?? "")) return undefined;
    const ack = parseAck(data);
    if (ack === undefined || !isMeant(ack) || states?.includes(knownState(ack)) === false) return undefined;
    return from === undefined || ack.message?.from === from ? ack : undefined;
  };
}

/**
 * The date of a moment. A time before 1970 becomes 1970, because no ACK is older and because a date that is too far in
 * the past is invalid.
 */
export function timeOf(moment: Moment, now: number): Date {
  return moment instanceof Date ? moment : new Date(Math.max(0, now - moment.agoMs));
}

import { nuid } from "nats";
import { StewardError } from "../../protocol/errors.ts";
import { SilenceError, type Broker } from "../connection/broker.ts";
import { serverCodes } from "../connection/server-codes.ts";
import type { Stored } from "../read/direct-get.ts";
import { onLeader } from "../read/leader-get.ts";
import { getPage } from "../read/page.ts";
import { streamInfo } from "../read/stream-info.ts";
import { publishOnce, type PublishResult } from "../write/publish.ts";
import { asMoved, type MoveOptions, type Moved } from "./as-moved.ts";

/** A copy of all messages of one stream into another, in their order. */
export interface Copy {
  readonly from: string;
  readonly into: string;
  /** The first token of the subjects on which `into` listens during the move. */
  readonly prefix: string;
  /**
   * The namespace, if the copies need the id that their sends had. Without this id, the broker would not recognise a
   * message that its sender sends again.
   */
  readonly sentIn?: string | undefined;
  /** The longest expiry of an at-most-once message, in milliseconds. */
  readonly longest: MoveOptions["longest"];
  /** Called after each part with the number of copied messages. */
  readonly copied: (count: number) => Promise<void> | void;
}

/** The header of a copied message: the creation time of the stream that it comes from, and its sequence there. */
const movedHeader = "Steward-Moved";
/** The broker accepts at most this number of messages in one atomic batch. */
const most = 1000;
const commitMs = 15_000;

/** Refusals after which the copy must read its position again. */
const passing: ReadonlySet<number> = new Set([
  serverCodes.wrongLastSequence,
  serverCodes.tooManyBatches,
  serverCodes.batchIncomplete,
]);

/** The position of a copy. */
interface Position {
  /** The last sequence in the stream that is written. A part is stored only if this is still the last sequence. */
  last: number;
  /** The sequence of the last copied message, in the stream that is read. */
  after: number;
}

/**
 * Copies the messages that `from` has now, in parts that are each stored completely or not at all. May be repeated
 * after a crash, and called by several programs at the same time: a part is stored only if the stream that is written
 * has not changed since its position was read. The copy continues after the last message that was copied. If a node has
 * already removed this message, because the message has ended, some messages are copied again. The journal shows that
 * they have ended, so they do not run again.
 *
 * Rejects with silence (see `isSilence`) if a part may or may not be stored, or if the streams do not answer. The caller
 * then looks at the streams, because another program may have taken the next steps and removed a stream.
 * @throws StewardError streamsMissing if another program has removed one of the streams; brokerRefused
 */
export async function copyAll(broker: Broker, copy: Copy): Promise<void> {
  const { created = "", ts = "", state } = await streamInfo(broker, copy.from);
  const begun = performance.now();
  // Another program may create a new stream under the name of `from`. Its sequences are higher, so they are not read.
  const end = state?.last_seq ?? 0;
  let position = await positionOf(broker, copy, created);
  for (let tries = 0; position.after < end;) {
    const request = { filter: ">", from: position.after + 1, most };
    const page = await getPage(broker, copy.from, request);
    const messages = page.messages.filter(({ sequence }) => sequence <= end);
    if (messages.length === 0) {
      // A replica that lags may not have the last messages yet.
      if (!(await hasMore(broker, copy.from, position.after, end))) return;
      await broker.backOff(tries++);
      continue;
    }
    const now = Date.parse(ts) + performance.now() - begun;
    const part = messages.map((stored) => ({ stored, moved: asMoved(stored, { now, longest: copy.longest }) }));
    position = await write(broker, copy, part, position, created);
    tries = 0;
    await copy.copied(messages.length);
  }
}

interface Part {
  readonly stored: Stored;
  readonly moved: Moved;
}

/** Writes one part. Rejects as `copyAll` does. */
async function write(
  broker: Broker,
  copy: Copy,
  all: readonly Part[],
  { last }: Position,
  created: string,
): Promise<Position> {
  // A text on another subject than a message is left out. A subject with a wildcard cannot be stored again.
  const part = all.filter(({ moved }) => /^(?:(?!\*\.|>\.)[^.]+\.){3}(?![*>]$)[^.]+$/.test(moved.place));
  const after = all.at(-1)?.stored.sequence ?? 0;
  if (part.length === 0) return { last, after };
  const result = await writeBatch(broker, copy, part, last, created);
  if (result.kind === "stored") return { last: result.sequence, after };
  if (result.kind === "unknown" || passing.has(result.code)) throw new SilenceError(result.reason);
  if (result.code !== serverCodes.batchHoldsKnownId) throw refused(copy, part, result.reason);
  // A message that was copied before, or that has the same id as an earlier one, is left out.
  if (part.length === 1) return { last, after };
  const half = Math.ceil(part.length / 2);
  const first = await write(broker, copy, part.slice(0, half), { last, after }, created);
  return write(broker, copy, all.slice(all.indexOf(part[half] as Part)), first, created);
}

function refused({ into }: Copy, [first]: readonly Part[], reason: string): StewardError {
  const where = `the message ${first?.stored.sequence} (${first?.moved.place}) or one after it`;
  return new StewardError("brokerRefused", `the broker refused to copy ${where} into ${into}: ${reason}`);
}

async function writeBatch(
  broker: Broker,
  { prefix, sentIn }: Copy,
  part: readonly Part[],
  last: number,
  created: string,
): Promise<PublishResult> {
  const id = nuid.next();
  for (const [index, { stored, moved }] of part.entries()) {
    const { place, payload, headers } = moved;
    headers.set(movedHeader, `${created} ${stored.sequence}`);
    if (sentIn !== undefined) headers.set("Nats-Msg-Id", `${sentIn}.${place}`);
    if (index === 0) headers.set("Nats-Expected-Last-Sequence", String(last));
    headers.set("Nats-Batch-Id", id);
    headers.set("Nats-Batch-Sequence", String(index + 1));
    const subject = `${prefix}.${place}`;
    if (index < part.length - 1) broker.nc.publish(subject, payload, { headers });
    else {
      headers.set("Nats-Batch-Commit", "1");
      return publishOnce(broker, subject, payload, headers, commitMs);
    }
  }
  return { kind: "unknown", reason: "the batch is empty" };
}

/**
 * The position of a copy, from the leader of the stream that is written. The sequence is read before the message: if
 * another program writes between the two, the next part is refused.
 */
async function positionOf(broker: Broker, { into }: Copy, created: string): Promise<Position> {
  const { state } = await streamInfo(broker, into);
  const last = await onLeader(broker, into, { last_by_subj: ">" });
  const [stream, sequence] = last?.header.get(movedHeader).split(" ") ?? [];
  return { last: state?.last_seq ?? 0, after: stream === created ? Number(sequence) : 0 };
}

async function hasMore(broker: Broker, stream: string, after: number, end: number): Promise<boolean> {
  const next = await onLeader(broker, stream, { seq: after + 1, next_by_subj: ">" });
  return next !== null && next.seq <= end;
}

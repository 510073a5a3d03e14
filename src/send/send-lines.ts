import type { Readable } from "node:stream";
import type { Broker } from "../broker/connection/broker.ts";
import { Queue } from "../broker/write/queue.ts";
import type { Draft } from "../protocol/draft.ts";
import { StewardError } from "../protocol/errors.ts";
import { keyOf } from "../protocol/subjects.ts";
import { readStandings } from "../state/read-standings.ts";
import { endingOf } from "../state/standing.ts";
import { unlessAborted } from "../util/unless-aborted.ts";
import { lineBlocks } from "./blocks.ts";
import { lastLook } from "./last-look.ts";
import { count, emptySummary, type Outcome, type Summary } from "./outcome.ts";
import { toMessages, type Sender } from "./outgoing.ts";
import { lookForNeverSeen, type Unseen } from "./never-seen.ts";
import { Waiter } from "./waiter.ts";
import { withinPatience } from "./within-patience.ts";

export interface LinesOptions extends Unseen {
  /** How long to wait for the outcomes after all blocks are stored, in milliseconds. Undefined: no wait. */
  readonly waitMs?: number | undefined;
  /** True if messages with this id may have been sent before. In this case ACKs may exist already. */
  readonly known?: boolean;
  /** Ends the reading, and then the waiting. The lines that were read before are still stored. */
  readonly signal: AbortSignal;
  /** Called for each piece of a line that is too long for a message. */
  readonly onCut: () => void;
}

/** The result for a whole text. A log may be forwarded for weeks, so the outcomes are only counted. */
export interface LinesResult {
  /** The number of stored blocks. The ids of the blocks are the id of the text with `-0`, `-1` and so on. */
  readonly blocks: number;
  /** The outcomes of the blocks on all nodes. */
  readonly summary: Summary;
  readonly firstFailure: Outcome | undefined;
  /** The blocks that had not ended when the wait ended. */
  readonly open: readonly Outcome[];
  /** The error that ended the reading too early, after a part of the text was sent. */
  readonly fault: StewardError | undefined;
}

/**
 * Sends the lines of a text as events like `template`, in blocks. Each block is stored before the next is sent, so that
 * the blocks arrive in order even if the connection is lost in between.
 * @throws StewardError as `send`, and fileUnreadable while nothing is stored
 */
export async function sendLines(
  broker: Broker,
  input: Readable,
  template: Draft,
  { from, id }: Sender,
  options: LinesOptions,
): Promise<LinesResult> {
  const { waitMs, known = false, signal, onCut } = options;
  const queue = new Queue(broker);
  const summary = emptySummary();
  let firstFailure: Outcome | undefined;
  const take = (outcome: Outcome): void => {
    count(summary, outcome);
    if (!["succeeded", "pending"].includes(endingOf(outcome))) firstFailure ??= outcome;
  };
  using waiter = new Waiter(broker, take);
  const reportUnseen = await withinPatience([{ id }], signal, () => lookForNeverSeen(broker, template.nodes, options));
  let blocks = 0;
  let fault: StewardError | undefined;
  try {
    for await (const block of readAhead(lineBlocks(input, signal, onCut))) {
      const messages = toMessages({ ...template, ...dataOf(block) }, { from, id: `${id}-${blocks}` });
      if (waitMs !== undefined) waiter.expect(messages);
      await queue.send(messages);
      blocks += 1;
      if (blocks === 1) await reportUnseen();
    }
  } catch (error) {
    if (blocks === 0 || !(error instanceof StewardError) || error.code !== "fileUnreadable") throw error;
    fault = error;
  }
  if (known) await unlessAborted(signal, waiter.catchUp());
  if (waitMs === undefined) {
    return { blocks, summary: { ...summary, pending: blocks * template.nodes.length }, firstFailure, open: [], fault };
  }
  await waiter.settled(waitMs, signal);
  const { pending } = waiter;
  const asked = pending.map((outcome) => ({ ...outcome, message: known ? undefined : template }));
  const standings = await lastLook(() => readStandings(broker, asked), signal).catch(() => undefined);
  // Blocks that ended during this read are already counted.
  const left = new Set(waiter.pending.map(({ address }) => keyOf(address)));
  const open = (standings ?? pending).filter(({ address }) => left.has(keyOf(address)));
  for (const outcome of open) take(outcome);
  return { blocks, summary, firstFailure, open, fault };
}

/**
 * Bytes that are not text are sent as base64. Because of `requires`, a node that does not know `encoding` rejects such
 * a message, and does not use the base64 as the text.
 */
function dataOf(block: string | Buffer): Pick<Draft, "data" | "encoding" | "requires"> {
  if (typeof block === "string") return { data: [block] };
  return { data: [block.toString("base64")], encoding: "base64", requires: ["encoding"] };
}

/** Gets the next item while the current one is processed. */
async function* readAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = items.next();
  for (let item = await next; item.done !== true; item = await next) {
    next = items.next();
    // An error is rethrown when its item is awaited.
    next.catch(() => undefined);
    yield item.value;
  }
}

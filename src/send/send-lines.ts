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
import { prepareNodes, type Unseen } from "./prepare-nodes.ts";
import { Waiter } from "./waiter.ts";
import { withinPatience } from "./within-patience.ts";

export interface LinesOptions extends Unseen {
  /** How long to wait for the outcome once all is stored, in milliseconds; not at all when not given. */
  readonly waitMs?: number | undefined;
  /** The id may have been sent before: its ACKs may be there already. */
  readonly known?: boolean;
  /** Ends the reading, and then the waiting; what was read is still stored. */
  readonly signal: AbortSignal;
  /** Told of each piece of a line that fits no message. */
  readonly onCut: () => void;
}

/** What became of a text. A log may be forwarded for weeks: outcomes are counted, not kept. */
export interface LinesResult {
  /** How many blocks were stored; their ids are the sender's with `-0`, `-1` and so on. */
  readonly blocks: number;
  /** The blocks' outcomes on all nodes. */
  readonly summary: Summary;
  readonly firstFailure: Outcome | undefined;
  /** Those that had not ended when the wait did. */
  readonly open: readonly Outcome[];
  /** Why the text was not read to its end, though some of it is sent. */
  readonly fault: StewardError | undefined;
}

/**
 * Sends the lines of a text as events like `template`, in blocks, each stored before the next goes out: so they arrive
 * in their order, however often the broker goes away in between.
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
  const tellOfUnseen = await withinPatience([{ id }], signal, (patience) =>
    prepareNodes(broker, queue, template.nodes, options, patience),
  );
  let blocks = 0;
  let fault: StewardError | undefined;
  try {
    for await (const block of readAhead(lineBlocks(input, signal, onCut))) {
      const messages = toMessages({ ...template, ...dataOf(block) }, { from, id: `${id}-${blocks}` });
      if (waitMs !== undefined) waiter.expect(messages);
      await queue.send(messages);
      blocks += 1;
      if (blocks === 1) await tellOfUnseen();
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
  const stands = await lastLook(() => readStandings(broker, asked), signal).catch(() => undefined);
  // What has ended meanwhile is counted already.
  const left = new Set(waiter.pending.map(({ address }) => keyOf(address)));
  const open = (stands ?? pending).filter(({ address }) => left.has(keyOf(address)));
  for (const outcome of open) take(outcome);
  return { blocks, summary, firstFailure, open, fault };
}

/** What is no text travels as base64; a node that would take that for the text must not take it. */
function dataOf(block: string | Buffer): Pick<Draft, "data" | "encoding" | "requires"> {
  if (typeof block === "string") return { data: [block] };
  return { data: [block.toString("base64")], encoding: "base64", requires: ["encoding"] };
}

/** Gets the next item while the one before is being dealt with. */
async function* readAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = items.next();
  for (let item = await next; item.done !== true; item = await next) {
    next = items.next();
    // Its failure is met when its turn comes.
    next.catch(() => undefined);
    yield item.value;
  }
}

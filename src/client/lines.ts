import { longestTextId } from "../protocol/subjects.ts";
import type { Readable } from "node:stream";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import { sendLines, type LinesResult } from "../send/send-lines.ts";
import type { Duration } from "../util/duration.ts";
import { resolve, templateOf, type Draft } from "./draft.ts";
import { waitOf, type Signal, type Until } from "./options.ts";
import { unseenNodes, type UnseenNode } from "./sent.ts";
import type { Session } from "./session.ts";

/** The fields of the messages for a text. Default: events with the subject `log`. */
export type LinesDraft = Omit<Draft, "data" | "subject"> & Partial<Pick<Draft, "subject">>;

export interface LinesOptions extends Signal, Pick<Until, "enough"> {
  /** How long to wait for the nodes after all blocks are stored. Default: no wait. */
  readonly wait?: Duration | "forever" | undefined;
  readonly knownOnly?: boolean | undefined;
  /** Called when the first block is stored, if some nodes were never seen. */
  readonly onUnseen?: ((unseen: readonly UnseenNode[]) => void) | undefined;
  /** A line that is too long for a message is sent in pieces. `onCut` is called for each piece. */
  readonly onCut?: (() => void) | undefined;
}

/** A text that was sent in blocks. The ids of the blocks are `id` with `-0`, `-1` and so on. */
export interface LinesSent extends LinesResult {
  readonly id: string;
}

/**
 * Sends the lines of a text in blocks. Each block is stored before the next block is sent. When `enough` aborts, the
 * reading ends, and the lines that were read before are still stored.
 * @throws StewardError as `send`, and fileUnreadable while nothing is stored
 */
export async function forward(
  session: Session,
  input: Readable,
  { subject = "log", ...draft }: LinesDraft,
  options: LinesOptions = {},
): Promise<LinesSent> {
  const { wait, knownOnly = false, onUnseen, onCut = () => undefined } = options;
  const waitMs = wait === undefined ? undefined : waitOf(wait);
  const { id = newId(), from = session.from, ...template } = templateOf({ ...draft, subject });
  if (id.length > longestTextId) {
    throw new StewardError("usage", `the id of a text has at most ${longestTextId} characters`, { id });
  }
  return session.run(options, async (signal) => {
    const { nodes, seen } = await resolve(session, draft.nodes);
    const result = await sendLines(
      session.broker,
      input,
      { ...template, nodes },
      { from, id },
      {
        waitMs,
        known: draft.id !== undefined,
        seen,
        knownOnly,
        onNeverSeen: (names, meant) => onUnseen?.(unseenNodes(names, meant)),
        onCut,
        signal,
      },
    );
    return { ...result, id };
  });
}

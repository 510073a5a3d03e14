import type { Readable } from "node:stream";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import { sendLines, type LinesResult } from "../send/send-lines.ts";
import type { Duration } from "../util/duration.ts";
import { resolve, templateOf, type Draft } from "./draft.ts";
import { waitOf, type Signal, type Until } from "./options.ts";
import type { UnseenNode } from "./sent.ts";
import type { Session } from "./session.ts";

/** What a text is sent as: an event `log` unless given. */
export type LinesDraft = Omit<Draft, "data" | "subject"> & Partial<Pick<Draft, "subject">>;

export interface LinesOptions extends Signal, Pick<Until, "enough"> {
  /** How long to wait for the nodes once all is stored; unless given, not at all. */
  readonly wait?: Duration | "forever" | undefined;
  readonly knownOnly?: boolean | undefined;
  /** Called once the first block is stored, when there are nodes that were never seen. */
  readonly onUnseen?: ((unseen: readonly UnseenNode[]) => void) | undefined;
  /** Called for each piece of a line that fits no message: it arrives in pieces. */
  readonly onCut?: (() => void) | undefined;
}

/** A text that was sent in blocks: their ids are `id` with `-0`, `-1` and so on. */
export interface LinesSent extends LinesResult {
  readonly id: string;
}

/** A block's id is that of the whole with its number, and both must be ids. */
const longestId = 32;

/**
 * Sends the lines of a text in blocks, each stored before the next goes out. `enough` ends the reading; what was read is
 * still stored.
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
  if (id.length > longestId) {
    throw new StewardError("usage", `the id of a text has at most ${longestId} characters`, { id });
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
        onNeverSeen: (names, meant) => onUnseen?.(names.map((node) => ({ node, meant: meant.get(node) }))),
        onCut,
        signal,
      },
    );
    return { ...result, id };
  });
}

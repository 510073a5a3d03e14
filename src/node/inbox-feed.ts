import type { Logger } from "pino";
import type { Queue } from "../broker/write/queue.ts";
import { startInbox, type Inbox, type ParsedEntry } from "../inputs/inbox.ts";
import { parseDraft, type Draft } from "../protocol/draft.ts";
import { messageOf, StewardError, type ErrorCode } from "../protocol/errors.ts";
import { toMessages } from "../send/outgoing.ts";
import { isNotNow } from "../util/errno.ts";
import type { Troubles } from "./troubles.ts";

/** One message of a paste. A message without an id gets an id from its position in the paste. */
interface Entry {
  readonly draft: Draft;
}

/**
 * Sends the messages that are written into the node's inbox, in order, with the node as the sender. The inbox gives the
 * ids, so a paste that is sent again after a crash does not run again.
 */
export function feedFromInbox(
  path: string,
  from: string,
  queue: Queue,
  log: Logger,
  troubles: Pick<Troubles, "report" | "end">,
): Inbox {
  return startInbox<Entry>({
    path,
    log,
    parse,
    onTrouble: (error) => {
      if (error === undefined) troubles.end("inbox");
      else troubles.report("inbox", isNotNow(error) ? "noRoom" : "fileUnreadable", messageOf(error));
    },
    send: async (entries, signal) => {
      const messages = entries.flatMap(({ draft, id }) => toMessages(draft, { from, id }));
      await queue.send(messages, { signal }).catch(passing);
      log.info({ messages: messages.length, ids: messages.map(({ id }) => id) }, "sent from the inbox");
    },
  });
}

/** These codes mean that the message itself is wrong. Any other refusal may be temporary, so the inbox tries again. */
const lasting: readonly ErrorCode[] = ["tooLarge", "badMessage"];

function passing(error: unknown): never {
  if (error instanceof StewardError && !lasting.includes(error.code)) throw new Error(error.message, { cause: error });
  throw error;
}

function parse(value: unknown): ParsedEntry<Entry> {
  try {
    return { ok: true, message: { draft: parseDraft(value) } };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

import type { Logger } from "pino";
import type { Queue } from "../broker/write/queue.ts";
import { startInbox, type Inbox, type ParsedEntry } from "../inputs/inbox.ts";
import { parseDraft, type Draft } from "../protocol/draft.ts";
import { messageOf, StewardError, type ErrorCode } from "../protocol/errors.ts";
import { toMessages } from "../send/outgoing.ts";
import { isNotNow } from "../util/errno.ts";
import type { Troubles } from "./troubles.ts";

/** One message of a paste; it has an id from its place there, unless it names its own. */
interface Entry {
  readonly draft: Draft;
}

/**
 * Sends what is written into the node's inbox, in its order, in the node's name. The ids come from the inbox, so a paste
 * that is sent again after a crash is not run again.
 */
export function feedFromInbox(
  path: string,
  from: string,
  queue: Queue,
  log: Logger,
  troubles: Pick<Troubles, "meet" | "end">,
): Inbox {
  return startInbox<Entry>({
    path,
    log,
    parse,
    onTrouble: (error) => {
      if (error === undefined) troubles.end("inbox");
      else troubles.meet("inbox", isNotNow(error) ? "noRoom" : "fileUnreadable", messageOf(error));
    },
    send: async (entries, signal) => {
      const messages = entries.flatMap(({ draft, id }) => toMessages(draft, { from, id }));
      await queue.send(messages, { signal }).catch(passing);
      log.info({ messages: messages.length, ids: messages.map(({ id }) => id) }, "sent from the inbox");
    },
  });
}

/** What is wrong with a message stays so; any other refusal may pass, and the inbox tries again. */
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

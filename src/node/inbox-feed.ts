import type { Logger } from "pino";
import type { Queue } from "../broker/enqueue.ts";
import { startInbox, type Inbox, type ParsedEntry } from "../inputs/inbox.ts";
import { parseDraft, type Draft } from "../protocol/draft.ts";
import { messageOf } from "../protocol/errors.ts";
import { toMessages } from "../send/outgoing.ts";

/**
 * Sends what is written into the node's inbox, in its order, in the node's name. The ids come from the inbox, so a paste
 * that is sent again after a crash is not run again.
 */
export function feedFromInbox(path: string, from: string, queue: Queue, log: Logger): Inbox {
  return startInbox<Draft>({
    path,
    log,
    parse,
    send: async (drafts, signal) => {
      const messages = drafts.flatMap((draft) => toMessages(draft, { from, id: draft.id }));
      await queue.prepare([...new Set(messages.map(({ node }) => node))], signal);
      await queue.put(messages, signal);
      log.info({ messages: messages.length, ids: drafts.map(({ id }) => id) }, "sent from the inbox");
    },
  });
}

function parse(value: unknown): ParsedEntry<Draft> {
  try {
    return { ok: true, message: parseDraft(value) };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

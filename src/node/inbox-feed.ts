import type { Logger } from "pino";
import type { Queue } from "../broker/enqueue.ts";
import { startInbox, type Inbox, type ParsedEntry } from "../inputs/inbox.ts";
import { parseDraft, type Draft } from "../protocol/draft.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import { toMessages } from "../send/outgoing.ts";

/** One message of a paste; it has an id from its place there, unless it names its own. */
interface Entry {
  readonly draft: Draft;
}

/**
 * Sends what is written into the node's inbox, in its order, in the node's name. The ids come from the inbox, so a paste
 * that is sent again after a crash is not run again.
 */
export function feedFromInbox(path: string, from: string, queue: Queue, log: Logger): Inbox {
  return startInbox<Entry>({
    path,
    log,
    parse,
    send: async (entries, signal) => {
      const messages = entries.flatMap(({ draft, id }) => toMessages(draft, { from, id }));
      await store(queue, messages, signal).catch(passing);
      log.info({ messages: messages.length, ids: messages.map(({ id }) => id) }, "sent from the inbox");
    },
  });
}

async function store(queue: Queue, messages: readonly Message[], signal: AbortSignal): Promise<void> {
  await queue.prepare([...new Set(messages.map(({ node }) => node))], signal);
  await queue.put(messages, signal);
}

/** Only a message that is too large can never be stored; any other refusal may pass, and the inbox tries again. */
function passing(error: unknown): never {
  if (error instanceof StewardError && error.code !== "tooLarge") throw new Error(error.message, { cause: error });
  throw error;
}

function parse(value: unknown): ParsedEntry<Entry> {
  try {
    return { ok: true, message: { draft: parseDraft(value) } };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

import type { Broker } from "../broker/connection/broker.ts";
import { Queue } from "../broker/write/queue.ts";
import { StewardError } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import { keyOf } from "../protocol/subjects.ts";
import { storedAddresses } from "../state/places.ts";
import { deadline } from "../util/deadline.ts";
import { shortList } from "../util/short-list.ts";
import { lookForNeverSeen, type Unseen } from "./never-seen.ts";
import { withinPatience, wayToCheck } from "./within-patience.ts";

export interface StoreOptions extends Unseen {
  /**
   * True if messages with these ids may have been sent before. With up to 20 ids, only messages that are in neither the
   * queue nor the log are stored.
   */
  readonly known?: boolean;
  /** How long to try to store the messages, in milliseconds. Default: 30 s. */
  readonly storeMs?: number | undefined;
  /**
   * Called when the storing begins, with a function that returns the number of messages that are stored so far. The
   * function that `onStoring` returns is called when the storing ends.
   */
  readonly onStoring?: ((stored: () => number) => () => void) | undefined;
  /** Ends the storing. Messages that are already stored stay stored. */
  readonly signal?: AbortSignal | undefined;
}

/** How long to look for messages that the broker did not confirm, in milliseconds. */
const lookMs = 5000;
/**
 * With at most this number of ids, the stored messages are read first. With more ids, this read costs too much. The
 * read only saves work, because the broker and the journal drop duplicates.
 */
const fewIds = 20;
/** The largest number of names in one line. */
const fewNames = 20;

/**
 * Stores messages in atomic batches of up to 1000. Resolves when all messages are stored. Resolves to the messages that
 * were not stored before; without `known`, or with more than 20 ids, to all messages, because the broker is not asked.
 * Calls `onReady` right before the first message is published. Data that `onReady` writes to the connection is sent in
 * the same packet.
 * @throws StewardError neverSeen, streamsMissing, tooLarge, badMessage; notStored, whose text names the missing nodes;
 * unconfirmed if it is unknown which messages are stored; stopped if `signal` aborted before the broker confirmed
 */
export async function store(
  broker: Broker,
  messages: readonly Message[],
  options: StoreOptions,
  onReady?: () => void,
): Promise<readonly Message[]> {
  const { known = false, signal, storeMs, onStoring } = options;
  const queue = new Queue(broker);
  let reportUnseen = async (): Promise<void> => {};
  let missing = messages;
  let count = 0;
  const done = onStoring?.(() => count);
  try {
    await withinPatience(
      messages,
      signal,
      async (patience) => {
        const nodes = [...new Set(messages.map(({ node }) => node))];
        reportUnseen = await lookForNeverSeen(broker, nodes, options);
        if (known && haveFewIds(messages)) missing = await unstored(broker, messages, patience);
        count = messages.length - missing.length;
        await queue.send(missing, { onReady, onStored: (more) => (count += more), signal: patience });
      },
      storeMs,
    );
  } catch (error) {
    if (!StewardError.is(error, "notStored") && !StewardError.is(error, "unconfirmed")) throw error;
    await assertAllStored(broker, messages, error);
  } finally {
    done?.();
  }
  await reportUnseen();
  return missing;
}

function haveFewIds(messages: readonly Message[]): boolean {
  return new Set(messages.map(({ id }) => id)).size <= fewIds;
}

/** The messages that are in neither the queue nor the log. */
async function unstored(broker: Broker, messages: readonly Message[], signal: AbortSignal): Promise<Message[]> {
  const ids = new Set(messages.map(({ id }) => id));
  const stored = new Set<string>();
  for (const id of ids) {
    const addresses = await broker.untilAnswered(() => storedAddresses(broker, id), signal);
    for (const address of addresses) stored.add(keyOf(address));
  }
  return messages.filter((message) => !stored.has(keyOf(message)));
}

/**
 * Returns without an error if all messages are stored, because only the answer of the broker was lost. A part of the
 * messages may be stored, by earlier batches or by another sender with the same ids.
 * @throws StewardError notStored, which names the missing nodes; `error` if it is unknown which messages are stored
 */
async function assertAllStored(broker: Broker, messages: readonly Message[], error: StewardError): Promise<void> {
  if (!haveFewIds(messages)) throw error;
  using limit = deadline(lookMs);
  const missing = await unstored(broker, messages, limit.signal).catch(() => undefined);
  if (missing === undefined) throw error;
  if (missing.length === 0) return;
  const [{ id } = { id: undefined }] = missing;
  const why = error.message.replace(`; ${wayToCheck}`, "");
  const extent =
    missing.length === messages.length
      ? "nothing is stored"
      : `not stored for ${shortList(
          missing.map(({ node }) => node),
          fewNames,
        )}`;
  throw new StewardError("notStored", `${why}; ${extent}; send it again with the id ${id}`, {
    cause: error,
    id,
  });
}

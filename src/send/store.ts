import type { Broker } from "../broker/connection/broker.ts";
import { Queue } from "../broker/write/queue.ts";
import { StewardError } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import { keyOf } from "../protocol/subjects.ts";
import { storedAddresses } from "../state/places.ts";
import { deadline } from "../util/deadline.ts";
import { shortList } from "../util/short-list.ts";
import { prepareNodes, type Unseen } from "./prepare-nodes.ts";
import { withinPatience, wayToCheck } from "./within-patience.ts";

export interface StoreOptions extends Unseen {
  /** The ids may have been sent before: store only messages that are in neither the queue nor the log (up to 20 ids). */
  readonly known?: boolean;
  /** How long to try, in milliseconds; 30 s by default. */
  readonly storeMs?: number | undefined;
  /** Ends the storing. Messages that are stored stay stored. */
  readonly signal?: AbortSignal | undefined;
}

/** How long to look for messages that the broker did not confirm, in milliseconds. */
const lookMs = 5000;
/** For so few ids it is worth reading which are stored. For more, the broker and the journal drop duplicates. */
const fewIds = 20;
/** The most names in one line. */
const fewNames = 20;

/**
 * Stores messages in atomic batches of up to 1000. Resolves when all are stored, to those that were not stored before:
 * to all messages when they have more than 20 ids, because then the broker is not asked.
 * Calls `onReady` right before the first is published; data that it writes to the connection is sent in the same
 * packet.
 * @throws StewardError neverSeen, streamsMissing, tooLarge, badMessage; notStored, whose text names the missing nodes;
 * unconfirmed when it is unknown what is stored; stopped when `signal` aborted before the broker confirmed
 */
export async function store(
  broker: Broker,
  messages: readonly Message[],
  options: StoreOptions,
  onReady?: () => void,
): Promise<readonly Message[]> {
  const { known = false, signal, storeMs } = options;
  const queue = new Queue(broker);
  let reportUnseen = async (): Promise<void> => {};
  let missing = messages;
  try {
    await withinPatience(
      messages,
      signal,
      async (patience) => {
        const nodes = [...new Set(messages.map(({ node }) => node))];
        reportUnseen = await prepareNodes(broker, queue, nodes, options, patience);
        if (known && haveFewIds(messages)) missing = await unstored(broker, messages, patience);
        await queue.send(missing, { onReady, signal: patience });
      },
      storeMs,
    );
  } catch (error) {
    if (!StewardError.is(error, "notStored") && !StewardError.is(error, "unconfirmed")) throw error;
    await assertAllStored(broker, messages, error);
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
 * Returns when everything is stored after all, because only the broker's answer was lost. Batches, and another sender
 * with the same ids, may have stored a part.
 * @throws StewardError notStored, which names the missing nodes; `error` when it is unknown what is stored
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

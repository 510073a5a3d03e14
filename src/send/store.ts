import type { Broker } from "../broker/connection/broker.ts";
import { Queue } from "../broker/write/queue.ts";
import { StewardError } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import { keyOf } from "../protocol/subjects.ts";
import { storedAddresses } from "../state/places.ts";
import { deadline } from "../util/deadline.ts";
import { shortList } from "../util/short-list.ts";
import { prepareNodes, type Unseen } from "./prepare-nodes.ts";
import { withinPatience, wayToTell } from "./within-patience.ts";

export interface StoreOptions extends Unseen {
  /** The ids may have been sent before: only what is nowhere yet is stored. */
  readonly known?: boolean;
  /** How long to try, in milliseconds; 30 s unless told. */
  readonly storeMs?: number | undefined;
  /** Ends the storing; what is stored stays. */
  readonly signal?: AbortSignal | undefined;
}

/** How long the broker is asked what became of messages that it did not confirm, in milliseconds. */
const inquestMs = 5000;
/** Of so many ids it is worth finding out first what is stored; the broker and the journal drop every copy anyway. */
const fewIds = 20;
/** How many names are listed in one line. */
const fewNames = 20;

/**
 * Stores messages: in atomic batches of up to 1000. Resolves when all are known to be stored: to those that were not when
 * it began. Calls `onReady` right before the first is published; what that writes to the connection goes out in one piece
 * with it.
 * @throws StewardError neverSeen, streamsMissing, tooLarge, badMessage; notStored, which tells what of it is stored;
 * unconfirmed when nobody knows; stopped when `signal` came before the broker confirmed
 */
export async function store(
  broker: Broker,
  messages: readonly Message[],
  options: StoreOptions,
  onReady?: () => void,
): Promise<readonly Message[]> {
  const { known = false, signal, storeMs } = options;
  const queue = new Queue(broker);
  let tellOfUnseen = async (): Promise<void> => {};
  let missing = messages;
  try {
    await withinPatience(
      messages,
      signal,
      async (patience) => {
        const nodes = [...new Set(messages.map(({ node }) => node))];
        tellOfUnseen = await prepareNodes(broker, queue, nodes, options, patience);
        if (known) missing = await unstored(broker, messages, patience);
        await queue.send(missing, { onReady, signal: patience });
      },
      storeMs,
    );
  } catch (error) {
    if (!StewardError.is(error, "notStored") && !StewardError.is(error, "unconfirmed")) throw error;
    await tellWhatIsStored(broker, messages, error);
  }
  await tellOfUnseen();
  return missing;
}

/** Those of some messages that are neither in the queue nor in the log. */
async function unstored(broker: Broker, messages: readonly Message[], signal: AbortSignal): Promise<Message[]> {
  const ids = new Set(messages.map(({ id }) => id));
  if (ids.size > fewIds) return [...messages];
  const stored = new Set<string>();
  for (const id of ids) {
    const addresses = await broker.untilAnswered(() => storedAddresses(broker, id), signal);
    for (const address of addresses) stored.add(keyOf(address));
  }
  return messages.filter((message) => !stored.has(keyOf(message)));
}

/**
 * Returns when everything is stored after all: only the broker's answer was lost. What it stores in batches, or at
 * another's hands, may be there in part.
 */
async function tellWhatIsStored(broker: Broker, messages: readonly Message[], error: StewardError): Promise<void> {
  using limit = deadline(inquestMs);
  const missing = await unstored(broker, messages, limit.signal).catch(() => undefined);
  if (missing === undefined) throw error;
  if (missing.length === 0) return;
  const [{ id } = { id: undefined }] = missing;
  const why = error.message.replace(`; ${wayToTell}`, "");
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

import type { FollowedOutput } from "../follow/followed-output.ts";
import { StewardError } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import { send as sendMessages } from "../send/send.ts";
import type { Duration } from "../util/duration.ts";
import { prepare, type Draft, type Prepared, type Sendable } from "./draft.ts";
import { waitOf, type Signal, type Until } from "./options.ts";
import { resultOf, type Result } from "./result.ts";
import { loadEvents, sentOf, type DoneOptions, type Sent, type UnseenNode, unseenNodes } from "./sent.ts";
import type { Session } from "./session.ts";

export interface SendOptions extends Signal, Pick<Until, "enough"> {
  /** How long to try to store the message. Default: 30s. */
  readonly wait?: Duration | undefined;
  /** If no daemon ever ran on one of the nodes, the call rejects with `neverSeen`, and no message is stored. */
  readonly knownOnly?: boolean | undefined;
  /**
   * Called when the storing begins, with a function that returns the number of messages that are stored so far. The
   * function that `onStoring` returns is called when the storing ends.
   */
  readonly onStoring?: ((stored: () => number) => () => void) | undefined;
}

export interface RunOptions extends DoneOptions, Pick<SendOptions, "knownOnly" | "onStoring"> {
  /** Called when all messages are stored. */
  readonly onStored?: ((sent: readonly Sent[]) => void) | undefined;
}

/**
 * Stores messages. All messages of one draft have the same id. The messages are stored in batches; see
 * `Steward.sendAll`.
 */
export async function sendAll(session: Session, what: Sendable, options: SendOptions = {}): Promise<readonly Sent[]> {
  const storeMs = waitOf(options.wait ?? "30s");
  let sent: readonly Sent[] = [];
  await session.run(options, async (signal) => {
    const prepared = await prepare(session, what);
    const onStored = (all: readonly Sent[]): void => void (sent = all);
    await deliver(session, prepared, { ...options, storeMs, waitMs: undefined, onStored, signal });
  });
  return sent;
}

/** Like `sendAll`, for one message. */
export async function send(session: Session, what: Draft | Prepared, options: SendOptions = {}): Promise<Sent> {
  const [sent] = await sendAll(session, what, options);
  if (sent === undefined) throw new StewardError("usage", "there is nothing to send");
  return sent;
}

/**
 * Sends and waits in one call. Listens for ACKs before it sends, so that it does not have to read the log. This saves
 * one round trip.
 */
export async function run(session: Session, what: Sendable, options: RunOptions): Promise<Result> {
  const { wait, onEvent, onStored, knownOnly, onStoring, onWaiting } = options;
  const waitMs = waitOf(wait);
  return session.run(options, async (signal) => {
    const prepared = await prepare(session, what);
    using live = onEvent && (await loadEvents()).followEvents(session, prepared.messages, onEvent);
    const watched = { live, onStoring, onStored, onWaiting };
    return resultOf(await deliver(session, prepared, { ...watched, waitMs, knownOnly, signal }));
  });
}

interface Delivery extends Pick<RunOptions, "onStoring" | "onStored" | "knownOnly" | "onWaiting"> {
  readonly waitMs: number | undefined;
  readonly storeMs?: number | undefined;
  readonly live?: FollowedOutput | undefined;
  readonly signal: AbortSignal;
}

async function deliver(
  session: Session,
  { messages, known, seen }: Prepared,
  { onStored, knownOnly = false, ...options }: Delivery,
): ReturnType<typeof sendMessages> {
  let unseen: readonly UnseenNode[] = [];
  return sendMessages(session.broker, messages, {
    ...options,
    known,
    seen,
    knownOnly,
    onNeverSeen: (names, meant) => (unseen = unseenNodes(names, meant)),
    onStored: (stored) => onStored?.(sentById(session, messages, stored, unseen)),
  });
}

function sentById(
  session: Session,
  messages: readonly Message[],
  stored: readonly Message[],
  unseen: readonly UnseenNode[],
): Sent[] {
  const byId = new Map<string, Message[]>();
  for (const message of messages) {
    const its = byId.get(message.id);
    if (its === undefined) byId.set(message.id, [message]);
    else its.push(message);
  }
  const fresh = new Set(stored.map(({ id }) => id));
  return [...byId].map(([id, its]) => {
    const nodes = new Set(its.map(({ node }) => node));
    const isFor = ({ node }: UnseenNode): boolean => nodes.has(node);
    return sentOf(session, its, { stored: fresh.has(id) ? "now" : "before", unseen: unseen.filter(isFor) });
  });
}

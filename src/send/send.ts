import type { Broker } from "../broker/connect.ts";
import { Queue } from "../broker/enqueue.ts";
import { streamInfo } from "../broker/queue.ts";
import { followConnection } from "../broker/status.ts";
import { formatDuration, parseDuration } from "../protocol/duration.ts";
import { StewardError } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import { Waiter, type Outcome } from "./waiter.ts";

export interface SendOptions {
  /** How long to wait for the final ACKs, in milliseconds; 0 ends when everything is stored. */
  readonly waitMs: number;
  /** Refuse names that no node ever had. */
  readonly knownOnly?: boolean;
  /** The id may have been sent before: its ACKs may be there already. */
  readonly known?: boolean;
  /** Told of names that no node ever had. */
  readonly onNeverSeen?: (names: readonly string[]) => void;
  /** Told when the broker has everything. */
  readonly onStored?: () => void;
  /** Ends the waiting; what is stored stays. */
  readonly signal?: AbortSignal;
}

/** How long a send tries to have its messages stored, in milliseconds. */
const storeWait = 30_000;
const hour = 3_600_000;

/**
 * Sends messages and waits for what becomes of them: listens for their ACKs, stores them all, then waits.
 * @throws StewardError neverSeen, streamsMissing, tooLarge, or notStored when the broker did not confirm in 30 s
 */
export async function send(broker: Broker, messages: readonly Message[], options: SendOptions): Promise<Outcome[]> {
  const { waitMs, knownOnly = false, known = false, onNeverSeen, onStored, signal } = options;
  const queue = new Queue(broker);
  const waiter = new Waiter(broker);
  if (waitMs > 0) waiter.expect(messages);
  try {
    const nodes = [...new Set(messages.map(({ node }) => node))];
    const patience = AbortSignal.timeout(storeWait);
    await store(async () => {
      const neverSeen = knownOnly ? await queue.neverSeen(nodes, patience) : await queue.prepare(nodes, patience);
      if (neverSeen.length > 0 && knownOnly) throw unknownNodes(neverSeen);
      if (neverSeen.length > 0) onNeverSeen?.(neverSeen);
      await queue.put(await withDefaults(broker, messages), patience);
    }, messages);
    onStored?.();
    if (waitMs === 0) return messages.map((message) => ({ message, ack: undefined }));
    if (known) await waiter.catchUp();
    return await outcomesWithin(broker, waiter, waitMs, signal);
  } finally {
    waiter.stop();
  }
}

/** Waits for the final ACKs, at most so long; what is then known comes from the journal too. */
export async function outcomesWithin(
  broker: Broker,
  waiter: Waiter,
  waitMs: number,
  signal?: AbortSignal,
): Promise<Outcome[]> {
  void followConnection(broker, { lost: () => {}, back: () => void waiter.catchUp() });
  const enough = AbortSignal.any([AbortSignal.timeout(waitMs), ...(signal === undefined ? [] : [signal])]);
  const outcomes = await waiter.outcomes(enough);
  if (!enough.aborted) return outcomes;
  await waiter.catchUp();
  return waiter.outcomes(enough);
}

async function store(put: () => Promise<void>, messages: readonly Message[]): Promise<void> {
  try {
    await put();
  } catch (error) {
    if (error instanceof StewardError || !(error instanceof Error) || !/abort|timeout/i.test(error.name)) throw error;
    const ids = [...new Set(messages.map(({ id }) => id))].join(", ");
    throw new StewardError(
      "notStored",
      `the broker did not confirm within ${formatDuration(storeWait)} that it stored ${ids}; sending again with --id completes it without running anything twice`,
    );
  }
}

/**
 * An at-most-once message expires before the journal forgets, since beyond that nobody could say whether it ran.
 */
async function withDefaults(broker: Broker, messages: readonly Message[]): Promise<readonly Message[]> {
  if (messages.every(({ delivery }) => delivery !== "atMostOnce")) return messages;
  const { config } = await streamInfo(broker, broker.names.acks);
  const keeps = (config?.max_age ?? 0) / 1e6;
  if (keeps === 0) return messages;
  const longest = keeps - hour;
  return messages.map((message) => {
    if (message.delivery !== "atMostOnce") return message;
    if (message.expires === undefined) return { ...message, expires: formatDuration(longest) };
    if ((parseDuration(message.expires) ?? 0) <= longest) return message;
    throw new StewardError(
      "badMessage",
      `an at-most-once message can expire after ${formatDuration(longest)} at the latest, because the journal keeps ${formatDuration(keeps)}`,
    );
  });
}

function unknownNodes(names: readonly string[]): StewardError {
  return new StewardError(
    "neverSeen",
    `no node has ever been seen under the name ${names.join(", ")}; nothing was sent`,
  );
}

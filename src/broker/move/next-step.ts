import type { StreamConfig, StreamInfo } from "@nats-io/jetstream";
import type { Broker } from "../connection/broker.ts";
import { refusalIn, useManager } from "../connection/packages.ts";
import { serverCodes } from "../connection/server-codes.ts";

/** The names that the move of a queue uses. Namespaces have no capital letters, so no fleet uses these subjects. */
export interface MoveNames {
  readonly queue: string;
  /** The stream that keeps the messages while the queue is deleted and created again. */
  readonly moving: string;
  /**
   * During the move, no stream has its usual subjects. `retired`, `away` and `restored` are the first tokens of the
   * subjects of the old queue, of `moving`, and of the new queue.
   */
  readonly retired: string;
  /** A message on this subject deletes the old queue. */
  readonly deletion: string;
  readonly away: string;
  readonly restored: string;
}

export function moveNames({ names }: Broker): MoveNames {
  const prefix = names.messages.slice(0, -"_MESSAGES".length);
  return {
    queue: names.messages,
    moving: names.movingMessages,
    retired: `${prefix}_RETIRED`,
    deletion: `${prefix}_RETIRED.delete`,
    away: `${prefix}_MOVING`,
    restored: `${prefix}_RESTORED`,
  };
}

/** The two streams of a move, as the broker has them. */
export interface Seen {
  readonly queue: StreamInfo | undefined;
  readonly moving: StreamInfo | undefined;
}

/**
 * A step of the move:
 *
 * - `retire`: the old queue takes in nothing more.
 * - `prepare`: the stream `moving` is created.
 * - `copyAway`: all messages are copied into `moving`.
 * - `replace`: the old queue is deleted, and the new one is created.
 * - `copyBack`: all messages are copied into the new queue.
 * - `open`: senders reach the new queue, and it takes over the firings of schedules.
 * - `clear`: the stream `moving` is deleted.
 * - `settle`: the new queue gets its standard configuration.
 * - `adopt`: a queue that somebody else created becomes the new queue, and takes in nothing until the copy has ended.
 */
export type Step = "retire" | "prepare" | "copyAway" | "replace" | "copyBack" | "open" | "clear" | "settle" | "adopt";

/**
 * True if an older version created the queue: as a work queue, from which the broker removes the acknowledged messages.
 */
export function isOldQueue({ queue }: Seen): boolean {
  return queue?.config.retention === "workqueue";
}

/**
 * The next step, by the state of the two streams. Undefined if no step is left. `copied` is the stream whose messages
 * were just copied completely.
 */
export function nextStep(seen: Seen, { retired, restored }: MoveNames, copied: string | undefined): Step | undefined {
  const { queue, moving } = seen;
  if (queue === undefined) return moving === undefined ? undefined : "replace";
  const [subject = ""] = queue.config.subjects ?? [];
  if (isOldQueue(seen)) {
    if (!subject.startsWith(`${retired}.`)) return "retire";
    if (moving === undefined) return "prepare";
    return copied === queue.config.name ? "replace" : "copyAway";
  }
  if (subject.startsWith(`${restored}.`)) {
    return moving !== undefined && copied !== moving.config.name ? "copyBack" : "open";
  }
  // Only a queue that has all messages of `moving` has this field.
  const isFull = queue.config.sources?.some(({ opt_start_seq: start }) => start !== undefined) === true;
  if (moving !== undefined) return isFull ? "clear" : "adopt";
  return isFull ? "settle" : undefined;
}

/** Reads both streams from their leaders. Rejects with silence (see `isSilence`) if no answer comes. */
export async function lookAtMove(broker: Broker): Promise<Seen> {
  const { queue, moving } = moveNames(broker);
  return { queue: await streamOf(broker, queue), moving: await streamOf(broker, moving) };
}

async function streamOf(broker: Broker, name: string): Promise<StreamInfo | undefined> {
  try {
    return await broker.untilAnswered(() => useManager(broker, ({ streams }) => streams.info(name)));
  } catch (error) {
    if (refusalIn(error)?.err_code === serverCodes.streamNotFound) return undefined;
    throw error;
  }
}

/**
 * The metadata that people and programs gave a stream. The server adds metadata of its own, and refuses a request that
 * contains it.
 */
export function metadataOf({ metadata = {} }: Pick<StreamConfig, "metadata">): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !name.startsWith("_nats.")));
}

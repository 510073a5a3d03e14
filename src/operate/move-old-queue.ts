import type { Broker } from "../broker/connection/broker.ts";
import { counted, moveQueue } from "../broker/move/move-queue.ts";
import { isOldQueue, lookAtMove, moveNames, nextStep } from "../broker/move/next-step.ts";
import { listed, oldDaemons } from "./old-daemons.ts";
import { StewardError } from "../protocol/errors.ts";

/** How far the move of an older version's queue is. */
export type QueueKind =
  /** The queue of this version, or no queue. */
  | "present"
  /** A work queue of an older version. */
  | "old"
  /** The move has begun and has not ended. */
  | "moving";

/** Reads the state of the queue. If no answer comes, rejects with an error for which `isSilence` is true. */
export async function queueKind(broker: Broker): Promise<QueueKind> {
  const seen = await lookAtMove(broker);
  const step = nextStep(seen, moveNames(broker), undefined);
  if (step === undefined) return "present";
  return isOldQueue(seen) && step === "retire" ? "old" : "moving";
}

export interface MoveArguments {
  readonly replicas?: number | undefined;
  /** Moves the queue even if some nodes have daemons of an older version, which do not remove their ended messages. */
  readonly despiteOldDaemons: boolean;
  /** Called with one line for each step. */
  readonly say: (line: string) => void;
}

/**
 * Moves the queue of an older version, or completes a move that was interrupted. Does nothing with a queue of this
 * version. Resolves to true if the queue was moved.
 * @throws StewardError oldDaemons, brokerRefused
 */
export async function moveOldQueue(broker: Broker, args: MoveArguments): Promise<boolean> {
  const { despiteOldDaemons, replicas, say } = args;
  const kind = await queueKind(broker);
  if (kind === "present") return false;
  const old = kind === "old" ? await oldDaemons(broker) : [];
  if (old.length > 0 && !despiteOldDaemons) {
    throw new StewardError(
      "oldDaemons",
      `the queue cannot be moved yet: ${listed(old)}; update Steward there, and start these daemons once; or, if these nodes stay away for long, repeat`,
      { about: "oldDaemons" },
    );
  }
  const begun = performance.now();
  const moved = await moveQueue(broker, { say, replicas });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  if (moved !== undefined) say(`the queue is moved: ${counted(moved.messages)} in ${seconds} s`);
  return moved !== undefined;
}

import { isFinal, isKnownState, type Ack } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";
import { standingOf, type Standing } from "../state/standing.ts";

/** The known state of a message. */
export interface Outcome {
  readonly address: Address;
  /** The latest ACK of the message. */
  readonly ack: Ack | undefined;
  readonly standing: Standing;
}

/** The outcome of a message, decided only by its ACK. */
export function outcomeOf(address: Address, ack: Ack | undefined): Outcome {
  return { address, ack, standing: standingOf({ ack }) };
}

/**
 * The number of messages that ended in each state. `pending` counts messages without a final ACK that have not expired.
 */
export type Summary = { succeeded: number; failed: number; pending: number } & Record<string, number>;

export function emptySummary(): Summary {
  return { succeeded: 0, failed: 0, pending: 0 };
}

/** Adds one outcome to the summary. */
export function count(summary: Summary, { ack, standing }: Pick<Outcome, "ack" | "standing">): void {
  const unrecorded = standing === "expired" ? "expired" : "pending";
  const state = ack !== undefined && isFinal(ack) ? nameOf(ack) : unrecorded;
  summary[state] = (summary[state] ?? 0) + 1;
}

/**
 * The name of a state in a summary. An unknown state keeps its own name, unless this name has another meaning in a
 * summary.
 */
function nameOf({ state }: Ack): string {
  return isKnownState(state) || !(state in emptySummary()) ? state : "failed";
}

export function summarise(outcomes: readonly Pick<Outcome, "ack" | "standing">[]): Summary {
  const summary = emptySummary();
  for (const outcome of outcomes) count(summary, outcome);
  return summary;
}

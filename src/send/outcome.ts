import { isFinal, isKnownState, type Ack } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";

/** What is known of a message: its latest ACK, or none while it is queued. */
export interface Outcome {
  readonly address: Address;
  readonly ack: Ack | undefined;
  /** It expired in the queue before it began. The node records that, as its ACK, when it is back. */
  readonly expired?: boolean;
}

/** How many messages ended in each state; `pending` are those without a final ACK. */
export type Summary = { succeeded: number; failed: number; pending: number } & Record<string, number>;

export function emptySummary(): Summary {
  return { succeeded: 0, failed: 0, pending: 0 };
}

/** Counts one outcome more. */
export function count(summary: Summary, { ack, expired }: Pick<Outcome, "ack" | "expired">): void {
  const unrecorded = expired === true ? "expired" : "pending";
  const state = ack !== undefined && isFinal(ack) ? nameOf(ack) : unrecorded;
  summary[state] = (summary[state] ?? 0) + 1;
}

/** A state that is not known here counts under its own name, unless that means something else in a summary. */
function nameOf({ state }: Ack): string {
  return isKnownState(state) || !(state in emptySummary()) ? state : "failed";
}

export function summarise(outcomes: readonly Outcome[]): Summary {
  const summary = emptySummary();
  for (const outcome of outcomes) count(summary, outcome);
  return summary;
}

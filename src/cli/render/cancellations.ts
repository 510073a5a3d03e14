import type { Cancellation } from "../../operate/cancel-on-node.ts";
import { typeAndSubject } from "../../protocol/subjects.ts";
import { exitCodes } from "../exit-codes.ts";

/** The result of a cancel on one node, as one line. */
export function cancellationLine(cancellation: Cancellation): string {
  return `${cancellation.address.node} ${typeAndSubject(cancellation.address)}: ${saidOf(cancellation)}`;
}

function saidOf(cancellation: Cancellation): string {
  if (cancellation.kind === "undecided") return `not decided: ${cancellation.reason}`;
  const { ack, before } = cancellation;
  const { state, cancelled, finishedAt = "an unknown time" } = ack;
  if (cancelled !== undefined) {
    const { by, at, was } = cancelled;
    return `${before ? "had already been " : ""}cancelled by ${by} at ${at}, while ${was}`;
  }
  return before ? `had already ended as ${state} at ${finishedAt}` : `ended as ${state} first`;
}

/** The `--json` output for one node. */
export function cancellationJson({ address, ...rest }: Cancellation): object {
  const { node, messageType, subject } = address;
  return { node, messageType, subject, ...rest };
}

/**
 * The exit code: 0 if all messages are cancelled, even if another person cancelled them. If one message ended in
 * another state and another is undecided, the code is that of the first.
 */
export function cancelExitCode(cancellations: readonly Cancellation[]): number {
  if (cancellations.some((one) => one.kind === "ended" && one.ack.state !== "cancelled")) return exitCodes.failed;
  return cancellations.some(({ kind }) => kind === "undecided") ? exitCodes.pending : exitCodes.succeeded;
}

import type { Ack } from "../../protocol/ack.ts";
import { laneName } from "../../protocol/subjects.ts";
import type { Cancellation } from "../../send/cancel-on-node.ts";
import { exitCodes } from "../exit-codes.ts";

/** What became of a cancel on one node, as one line. */
export function cancellationLine(cancellation: Cancellation): string {
  const { address } = cancellation;
  const said =
    cancellation.kind === "ended" ? endedText(cancellation.ack, cancellation.before) : undecidedText(cancellation);
  return `${address.node} ${laneName(address)}: ${said}`;
}

function undecidedText({ reason }: Extract<Cancellation, { kind: "undecided" }>): string {
  return `not decided: ${reason}`;
}

function endedText({ state, cancelled, finishedAt = "an unknown time" }: Ack, before: boolean): string {
  if (state !== "cancelled")
    return before ? `had already ended as ${state} at ${finishedAt}` : `ended as ${state} first`;
  const { by, at, was } = cancelled ?? { by: "somebody", at: finishedAt, was: "queued" };
  return `${before ? "had already been " : ""}cancelled while ${was} by ${by} at ${at}`;
}

/** What `--json` gives for one node. */
export function cancellationJson({ address, ...rest }: Cancellation): object {
  const { node, messageType, subject } = address;
  return { node, messageType, subject, ...rest };
}

/** 0 when all are cancelled, by whomever; else what ended otherwise goes before what is not decided. */
export function cancelExitCode(cancellations: readonly Cancellation[]): number {
  if (cancellations.some((one) => one.kind === "ended" && one.ack.state !== "cancelled")) return exitCodes.failed;
  return cancellations.some(({ kind }) => kind === "undecided") ? exitCodes.pending : exitCodes.succeeded;
}

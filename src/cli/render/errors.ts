import type { ErrorEntry } from "../../state/errors.ts";
import { jsonLine } from "../print.ts";
import { ackLine } from "./ack-line.ts";
import { fitted, oneLine } from "./line.ts";

/** An error in the fleet as one line. The end of the line names the command that shows more. */
export function errorLine(error: ErrorEntry): string {
  return fitted(textOf(error), `; see \`${nextStep(error)}\``);
}

function textOf(error: ErrorEntry): string {
  if (error.kind === "message") return ackLine(error.entry);
  const { node, lane, hold } = error;
  return `${hold.since} ${node} ${lane} quarantined by ${hold.by}: ${oneLine(hold.reason)}`;
}

/** The `--json` output for one error, as one line. */
export function errorJson(error: ErrorEntry): string {
  const next = nextStep(error);
  if (error.kind === "lane") {
    const { kind, node, lane, hold } = error;
    return jsonLine({ kind, node, lane, ...hold, next });
  }
  const { storedAt, ack } = error.entry;
  return jsonLine({ kind: error.kind, storedAt, ...ack, next });
}

function nextStep(error: ErrorEntry): string {
  if (error.kind === "lane") return `steward lanes ${error.node}`;
  const { id, node } = error.entry.ack;
  return `steward status ${id} --node ${node}`;
}

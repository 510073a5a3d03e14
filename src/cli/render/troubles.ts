import type { Trouble } from "../../state/troubles.ts";
import { ackLine } from "./ack-line.ts";
import { fitted, oneLine } from "./line.ts";

/** What went wrong as one line, with what to look at next. */
export function troubleLine(trouble: Trouble): string {
  return `${fitted(textOf(trouble), `; see \`${nextStep(trouble)}\``)}\n`;
}

function textOf(trouble: Trouble): string {
  if (trouble.kind === "message") return ackLine(trouble.entry);
  const { node, lane, hold } = trouble;
  return `${hold.since} ${node} ${lane} quarantined by ${hold.by}: ${oneLine(hold.reason)}`;
}

/** What `--json` gives, a line each. */
export function troubleJson(trouble: Trouble): string {
  const next = nextStep(trouble);
  if (trouble.kind === "lane") {
    const { kind, node, lane, hold } = trouble;
    return `${JSON.stringify({ kind, node, lane, ...hold, next })}\n`;
  }
  const { storedAt, ack } = trouble.entry;
  return `${JSON.stringify({ kind: trouble.kind, storedAt, ...ack, next })}\n`;
}

function nextStep(trouble: Trouble): string {
  if (trouble.kind === "lane") return `steward lanes ${trouble.node}`;
  const { id, node } = trouble.entry.ack;
  return `steward status ${id} --node ${node}`;
}

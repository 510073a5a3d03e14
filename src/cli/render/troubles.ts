import type { Trouble } from "../../state/troubles.ts";
import { jsonLine } from "../print.ts";
import { ackLine } from "./ack-line.ts";
import { fitted, oneLine } from "./line.ts";

/** What went wrong as one line, with what to look at next. */
export function troubleLine(trouble: Trouble): string {
  return fitted(textOf(trouble), `; see \`${nextStep(trouble)}\``);
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
    return jsonLine({ kind, node, lane, ...hold, next });
  }
  const { storedAt, ack } = trouble.entry;
  return jsonLine({ kind: trouble.kind, storedAt, ...ack, next });
}

function nextStep(trouble: Trouble): string {
  if (trouble.kind === "lane") return `steward lanes ${trouble.node}`;
  const { id, node } = trouble.entry.ack;
  return `steward status ${id} --node ${node}`;
}

import { typeAndSubject } from "../../protocol/subjects.ts";
import type { Happening } from "../../state/watch.ts";
import { jsonLine } from "../print.ts";
import { ackText } from "./ack-line.ts";
import { fitted, oneLine, shortened } from "./line.ts";

const mostData = 200;

/** A message, a schedule or an ACK as one line. `->` marks a message to a node, and `<-` marks an ACK from a node. */
export function happeningLine(happening: Happening): string {
  const { at, address } = happening;
  const arrow = happening.kind === "acked" ? "<-" : "->";
  return fitted(
    `${at.toISOString()} ${arrow} ${address.node} ${typeAndSubject(address)} ${address.id} ${said(happening)}`,
  );
}

function said(happening: Happening): string {
  if (happening.kind === "acked") return ackText(happening.ack);
  const { kind, message } = happening;
  if (message === undefined) return `${kind}, but it is not a valid message`;
  const data = oneLine(message.data.map((item) => shortened(item, mostData)).join(" "));
  return `${kind} by ${message.from}${data === "" ? "" : `: ${shortened(data, mostData)}`}`;
}

/** The `--json` output for the same, as one line. */
export function happeningJson({ at, address, ...rest }: Happening): string {
  return jsonLine({ at: at.toISOString(), ...address, ...rest });
}

import { typeAndSubject } from "../../protocol/subjects.ts";
import type { Happening } from "../../state/watch.ts";
import { jsonLine } from "../print.ts";
import { ackText } from "./ack-line.ts";
import { fitted, oneLine, shortened } from "./line.ts";

const mostData = 200;

/** Something that happens as one line: `->` is on its way to a node, `<-` comes back from it. */
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
  if (message === undefined) return `${kind}, and is no message`;
  const data = oneLine(message.data.map((item) => shortened(item, mostData)).join(" "));
  return `${kind} by ${message.from}${data === "" ? "" : `: ${shortened(data, mostData)}`}`;
}

/** What `--json` gives, a line each. */
export function happeningJson({ at, address, ...rest }: Happening): string {
  return jsonLine({ at: at.toISOString(), ...address, ...rest });
}

import { heldBytes } from "../../protocol/ack-output.ts";
import type { Ack } from "../../protocol/ack.ts";
import { harmlessBytes } from "../harmless.ts";

type Stream = "stdout" | "stderr";

/** The output of a run, from the ACK of the run. */
export function outputBytes(ack: Ack | undefined, stream: Stream): Buffer {
  return (ack?.output && heldBytes(ack.output, stream)) ?? Buffer.alloc(0);
}

/**
 * The output of a run, each line indented by two spaces. The result ends with a line feed unless it is empty.
 * Characters that could change a terminal are replaced, because the output is inside Steward's own text. Bytes that are
 * not UTF-8 stay unchanged.
 */
export function indentedOutput(ack: Ack | undefined): Buffer {
  const streams = (["stdout", "stderr"] as const).map((stream) =>
    harmlessBytes(outputBytes(ack, stream)).toString("latin1"),
  );
  const lines = streams.flatMap((text) => (text === "" ? [] : text.replace(/\n$/, "").split("\n")));
  return Buffer.from(lines.map((line) => (line === "" ? "\n" : `  ${line}\n`)).join(""), "latin1");
}

/** The gaps in the output of a run, such as `stdout: 10 of 200 bytes are left out`. Empty if the output is complete. */
export function gaps(ack: Ack | undefined): string[] {
  const { output } = ack ?? {};
  if (output !== undefined && heldBytes(output, "stdout") === undefined) {
    return [`the output is encoded as ${output.encoding}, which this version of Steward cannot read`];
  }
  return Object.entries(ack?.output?.truncated ?? {}).flatMap(([stream, gap]) =>
    gap === undefined ? [] : [`${stream}: ${gap.omitted} of ${gap.total} bytes are left out`],
  );
}

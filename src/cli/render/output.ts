import { heldBytes } from "../../protocol/ack-output.ts";
import type { Ack } from "../../protocol/ack.ts";
import { harmlessBytes } from "../harmless.ts";

type Stream = "stdout" | "stderr";

/** The bytes that a run wrote, as far as its ACK holds them. */
export function outputBytes(ack: Ack | undefined, stream: Stream): Buffer {
  return (ack?.output && heldBytes(ack.output, stream)) ?? Buffer.alloc(0);
}

/**
 * What a run wrote, each line two spaces in; ends with a line feed unless there is nothing. Bytes that are no text stay;
 * since it stands among Steward's own lines, what would do something to a terminal does not.
 */
export function indentedOutput(ack: Ack | undefined): Buffer {
  const streams = (["stdout", "stderr"] as const).map((stream) =>
    harmlessBytes(outputBytes(ack, stream)).toString("latin1"),
  );
  const lines = streams.flatMap((text) => (text === "" ? [] : text.replace(/\n$/, "").split("\n")));
  return Buffer.from(lines.map((line) => (line === "" ? "\n" : `  ${line}\n`)).join(""), "latin1");
}

/** What was left out of a run's output, such as `stdout: 10 of 200 bytes are left out`; empty when it is whole. */
export function gaps(ack: Ack | undefined): string[] {
  const { output } = ack ?? {};
  if (output !== undefined && heldBytes(output, "stdout") === undefined) {
    return [`the output is encoded as ${output.encoding}, which this version of Steward does not read`];
  }
  return Object.entries(ack?.output?.truncated ?? {}).flatMap(([stream, gap]) =>
    gap === undefined ? [] : [`${stream}: ${gap.omitted} of ${gap.total} bytes are left out`],
  );
}

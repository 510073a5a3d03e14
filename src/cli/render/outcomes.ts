import type { Outcome } from "../../send/waiter.ts";
import { isFinal, type Ack } from "../../protocol/ack.ts";
import { exitCodes } from "../exit-codes.ts";

/** How many messages ended in each state; `pending` are those without a final ACK. */
export type Summary = Readonly<Record<string, number>>;

export function summarise(outcomes: readonly Outcome[]): Summary {
  const summary: Record<string, number> = { succeeded: 0, failed: 0, pending: 0 };
  for (const { ack } of outcomes) {
    const state = ack !== undefined && isFinal(ack) ? ack.state : "pending";
    summary[state] = (summary[state] ?? 0) + 1;
  }
  return summary;
}

/** A summary in words: `2 succeeded, 1 failed`. */
export function countsOf(summary: Summary): string {
  const counts = Object.entries(summary).filter(([, count]) => count > 0);
  return counts.map(([state, count]) => `${count} ${state}`).join(", ");
}

/** The exit code that outcomes ask for: a failure goes before what is pending. */
export function exitCodeFor(outcomes: readonly Outcome[]): number {
  const { succeeded = 0, pending = 0 } = summarise(outcomes);
  if (succeeded + pending < outcomes.length) return exitCodes.failed;
  return pending > 0 ? exitCodes.pending : exitCodes.succeeded;
}

/** What `--json` shows of each message: its ACK, or its address and state while there is none. */
export function toJson(outcomes: readonly Outcome[]): object[] {
  return outcomes.map(({ message, ack }) => {
    if (ack !== undefined) return ack;
    const { id, node, messageType, subject } = message;
    return { id, node, messageType, subject, state: "queued" };
  });
}

/** One line on what became of a message that did not succeed. */
function describe({ message, ack }: Outcome): string {
  if (ack === undefined) return `${message.node}: queued`;
  if (!isFinal(ack)) return `${message.node}: running (${ack.state}, attempt ${ack.attempt})`;
  const why = ack.error === undefined ? "" : `: ${ack.error.message}`;
  return `${message.node}: ${ack.state}${why}`;
}

/** Prints the outcomes for people: a lone node's output as it is, several nodes' under their names. */
export function printOutcomes(outcomes: readonly Outcome[]): void {
  const [only] = outcomes;
  if (outcomes.length === 1 && only !== undefined) {
    process.stdout.write(outputBytes(only.ack, "stdout"));
    process.stderr.write(outputBytes(only.ack, "stderr"));
    if (only.ack?.state !== "succeeded") console.error(describe(only));
    return;
  }
  for (const [text, names] of folded(outcomes)) console.log(`${names.join(", ")}: ${text}`);
}

/** What there is to say of each node, with the names of all of which it is the same; failures first. */
function folded(outcomes: readonly Outcome[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const failuresFirst = outcomes.toSorted((a, b) => Number(isSuccess(a)) - Number(isSuccess(b)));
  for (const outcome of failuresFirst) {
    const { node } = outcome.message;
    const outputs = (["stdout", "stderr"] as const).map((stream) => indented(outputBytes(outcome.ack, stream)));
    const text = [describe(outcome).slice(node.length + 2), ...outputs.filter((output) => output !== "")].join("\n");
    names.set(text, [...(names.get(text) ?? []), node]);
  }
  return names;
}

function isSuccess({ ack }: Outcome): boolean {
  return ack?.state === "succeeded";
}

function indented(bytes: Buffer): string {
  return bytes
    .toString()
    .replace(/\n$/, "")
    .replaceAll(/^(?=.)/gm, "  ");
}

function outputBytes(ack: Ack | undefined, stream: "stdout" | "stderr"): Buffer {
  return Buffer.from(ack?.output?.[stream] ?? "", ack?.output?.encoding ?? "utf8");
}

import { isFinal } from "../../protocol/ack.ts";
import { shortList } from "../../protocol/short-list.ts";
import { laneName } from "../../protocol/subjects.ts";
import { summarise, type Outcome, type Summary } from "../../send/outcome.ts";
import { exitCodes } from "../exit-codes.ts";
import { asLines } from "../print.ts";
import { gaps, indentedOutput, outputBytes } from "./output.ts";

/** The exit code that a summary asks for: a failure goes before what is pending. */
export function exitCodeFor({ succeeded: _succeeded, pending, ...others }: Summary): number {
  if (Object.values(others).some((count) => count > 0)) return exitCodes.failed;
  return pending > 0 ? exitCodes.pending : exitCodes.succeeded;
}

/** A summary in words: `2 succeeded, 1 failed`. */
export function countsOf(summary: Summary): string {
  const counts = Object.entries(summary).filter(([, count]) => count > 0);
  return counts.map(([state, count]) => `${count} ${state}`).join(", ");
}

/** What `--json` gives for one message: the ACK of each node, or its address and state while there is none. */
export function messageJson(id: string, outcomes: readonly Outcome[]): object {
  const nodes = outcomes.map(({ address: { node, messageType, subject }, ack, expired }) => {
    return ack ?? { id, node, messageType, subject, state: expired === true ? "expired" : "queued" };
  });
  return { id, nodes, summary: summarise(outcomes) };
}

/** How many nodes a terminal shows the names of, where their outcome is the same. */
const fewNames = 12;

/** What a person gets: stdout as bytes, since output need not be text. */
export interface Text {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** How a person looks at it. */
export interface Reading {
  /** The waiting was broken off. */
  readonly interrupted?: boolean;
  /** Only what did not succeed is of interest. */
  readonly quiet?: boolean;
  /** Long lists of names are shortened. */
  readonly onTerminal?: boolean;
  /** The output has been shown already. */
  readonly isFollowed?: boolean;
}

/** The outcomes of messages by their id: a lone node's output as it is, several nodes' under their names. */
export function messagesText(messages: ReadonlyMap<string, readonly Outcome[]>, reading: Reading = {}): Text {
  const all = [...messages.values()].flat();
  const [only, another] = all;
  const pending = [...messages].filter(([, outcomes]) => summarise(outcomes).pending > 0);
  const hints = pending.map(([id]) => waysOn(id, reading));
  if (reading.quiet === true && all.every(isSuccess)) return { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  if (reading.isFollowed === true) {
    const others = all.filter((one) => !isSuccess(one)).map((one) => `${one.address.node}: ${standing(one)}`);
    const counts = all.length > 1 ? [`${whatOf(messages)}: ${countsOf(summarise(all))}`] : [];
    return { stdout: Buffer.alloc(0), stderr: inLines([...others, ...counts, ...hints]) };
  }
  if (only !== undefined && another === undefined) return loneText(only, hints);
  const titled = [...messages].map(([id, outcomes]): Buffer => {
    const lane = outcomes[0] === undefined ? "" : laneName(outcomes[0].address);
    const shown = reading.quiet === true ? outcomes.filter((outcome) => !isSuccess(outcome)) : outcomes;
    return Buffer.concat([messages.size > 1 ? inLines([`${id} ${lane}`]) : inLines([]), ...folded(shown, reading)]);
  });
  return {
    stdout: Buffer.concat(titled),
    stderr: inLines([`${whatOf(messages)}: ${countsOf(summarise(all))}`, ...hints]),
  };
}

function whatOf(messages: ReadonlyMap<string, unknown>): string {
  return messages.size > 1 ? `${messages.size} messages` : [...messages.keys()].join("");
}

/** What can be done about a message that has not ended, once nobody waits for it. */
function waysOn(id: string, { interrupted = false }: Reading): string {
  const ways = `see \`steward status ${id}\`, or wait on with \`steward wait ${id}\``;
  const back = interrupted ? `, or take it back with \`steward cancel ${id}\`` : "";
  return `${id} will be delivered; ${ways}${back}`;
}

/** One line on where a message stands, and why when it did not succeed. */
export function standing({ ack, expired }: Outcome): string {
  if (expired === true) return "expired in the queue; the node records it when it is back";
  if (ack === undefined) return "queued";
  if (!isFinal(ack)) return `running (${ack.state}, attempt ${ack.attempt})`;
  return ack.error === undefined ? ack.state : `${ack.state}: ${ack.error.message}`;
}

function loneText(outcome: Outcome, hints: readonly string[]): Text {
  const { address, ack } = outcome;
  const said = ack?.state === "succeeded" ? [] : [standing(outcome)];
  const notes = [...said, ...gaps(ack)].map((text) => `${address.node}: ${text}`);
  const stderr = outputBytes(ack, "stderr");
  const gap = stderr.length > 0 && stderr.at(-1) !== 0x0a && notes.length > 0 ? "\n" : "";
  return {
    stdout: outputBytes(ack, "stdout"),
    stderr: Buffer.concat([stderr, Buffer.from(gap), inLines([...notes, ...hints])]),
  };
}

/** What there is to say of each node, under the names of all of which it is the same; failures first. */
function folded(outcomes: readonly Outcome[], { onTerminal = false }: Reading): Buffer[] {
  const groups = new Map<string, { names: string[]; head: string; output: Buffer }>();
  for (const outcome of outcomes.toSorted((a, b) => Number(isSuccess(a)) - Number(isSuccess(b)))) {
    const { address, ack } = outcome;
    const head = [standing(outcome), ...gaps(ack)].join("; ");
    // By what they wrote, of which what is shown may be the same.
    const wrote = [outputBytes(ack, "stdout"), outputBytes(ack, "stderr")].map((bytes) => bytes.toString("latin1"));
    const key = JSON.stringify([head, wrote]);
    const group = groups.get(key) ?? { names: [], head, output: indentedOutput(ack) };
    group.names.push(address.node);
    groups.set(key, group);
  }
  const listed = (names: readonly string[]): string => (onTerminal ? shortList(names, fewNames) : names.join(", "));
  return [...groups.values()].flatMap(({ names, head, output }) => [inLines([`${listed(names)}: ${head}`]), output]);
}

function isSuccess({ ack }: Outcome): boolean {
  return ack?.state === "succeeded";
}

function inLines(texts: readonly string[]): Buffer {
  return Buffer.from(asLines(texts));
}

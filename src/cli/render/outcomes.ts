import { typeAndSubject } from "../../protocol/subjects.ts";
import { summarise, type Outcome, type Summary } from "../../send/outcome.ts";
import type { Standing } from "../../state/standing.ts";
import { shortList } from "../../util/short-list.ts";
import { exitCodes } from "../exit-codes.ts";
import { asLines } from "../print.ts";
import { gaps, indentedOutput, outputBytes } from "./output.ts";

/** The exit code for a summary. A failure takes precedence over a pending message. */
export function exitCodeFor({ succeeded: _succeeded, pending, ...others }: Summary): number {
  if (Object.values(others).some((count) => count > 0)) return exitCodes.failed;
  return pending > 0 ? exitCodes.pending : exitCodes.succeeded;
}

/** A summary as text: `2 succeeded, 1 failed, 1 running`. Open messages are counted by their standing. */
export function countsOf({ pending: _pending, ...ended }: Summary, open: readonly Pick<Outcome, "standing">[]): string {
  const counts: Record<string, number> = { ...ended };
  for (const { standing } of open) if (isOpen(standing)) counts[standing] = (counts[standing] ?? 0) + 1;
  const shown = Object.entries(counts).filter(([, count]) => count > 0);
  return shown.map(([state, count]) => `${count} ${state}`).join(", ");
}

function isOpen(standing: Standing): boolean {
  return standing !== "final" && standing !== "expired";
}

/**
 * The `--json` output for one message. It has the ACK of each node. A node without an ACK has its address and standing
 * instead.
 */
export function messageJson(id: string, outcomes: readonly Outcome[]): object {
  const nodes = outcomes.map(({ address: { node, messageType, subject }, ack, standing: state }) => {
    return ack ?? { id, node, messageType, subject, state };
  });
  return { id, nodes, summary: summarise(outcomes) };
}

/** The most names in a list of nodes with the same outcome, on a terminal. */
const fewNames = 12;

/** The output for a person. `stdout` and `stderr` are bytes, because the output of a program may not be text. */
export interface Text {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** The options for the output. */
export interface Reading {
  /** True if the wait was interrupted. */
  readonly interrupted?: boolean;
  /** True to show only messages that did not succeed. */
  readonly quiet?: boolean;
  /** True to shorten long lists of names. */
  readonly onTerminal?: boolean;
  /** True if `--follow` has already shown the output of the programs. */
  readonly isFollowed?: boolean;
}

/**
 * The outcomes of messages, by the ids of the messages. The output of a single node is unchanged. The output of several
 * nodes is shown under the names of the nodes.
 */
export function messagesText(messages: ReadonlyMap<string, readonly Outcome[]>, reading: Reading = {}): Text {
  const all = [...messages.values()].flat();
  const [only, another] = all;
  const hints = [...messages].flatMap(([id, outcomes]) => waysOn(id, outcomes, reading));
  if (reading.quiet === true && all.every(isSuccess)) return { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  if (reading.isFollowed === true) {
    const others = all.filter((one) => !isSuccess(one)).map((one) => `${one.address.node}: ${standingText(one)}`);
    const counts = all.length > 1 ? [`${whatOf(messages)}: ${countsOf(summarise(all), all)}`] : [];
    return { stdout: Buffer.alloc(0), stderr: inLines([...others, ...counts, ...hints]) };
  }
  if (only !== undefined && another === undefined) return loneText(only, hints);
  const titled = [...messages].map(([id, outcomes]): Buffer => {
    const lane = outcomes[0] === undefined ? "" : typeAndSubject(outcomes[0].address);
    const shown = reading.quiet === true ? outcomes.filter((outcome) => !isSuccess(outcome)) : outcomes;
    return Buffer.concat([inLines(messages.size > 1 ? [`${id} ${lane}`] : []), ...folded(shown, reading)]);
  });
  const counts = `${whatOf(messages)}: ${countsOf(summarise(all), all)}`;
  return { stdout: Buffer.concat(titled), stderr: inLines([counts, ...hints]) };
}

function whatOf(messages: ReadonlyMap<string, unknown>): string {
  return messages.size > 1 ? `${messages.size} messages` : [...messages.keys()].join("");
}

/** The advice for a message that has not ended. */
function waysOn(id: string, outcomes: readonly Outcome[], { interrupted = false }: Reading): string[] {
  const open = openText(outcomes);
  if (open === undefined) return [];
  const ways = `see \`steward status ${id}\`, or wait with \`steward wait ${id}\``;
  const back = interrupted ? `, or cancel it with \`steward cancel ${id}\`` : "";
  return [`${id} ${open}; ${ways}${back}`];
}

/** The state of a message that has not ended on all nodes, as text. Undefined if the message has ended on all nodes. */
function openText(outcomes: readonly Pick<Outcome, "standing">[]): string | undefined {
  const standings = new Set(outcomes.map(({ standing }) => standing).filter(isOpen));
  const [only, another] = standings;
  if (another !== undefined) return standings.has("queued") ? "has not ended everywhere" : "is still running";
  if (only === "retrying") return "will be retried";
  return only && (only === "queued" ? "is still queued" : "is still running");
}

/** The standing of a message on one line. If the message did not succeed, the line has the error too. */
export function standingText({ ack, standing }: Outcome): string {
  if (standing === "expired") return "expired in the queue; its node has not recorded that yet";
  if (ack === undefined) return standing;
  const why = ack.error === undefined ? "" : `: ${ack.error.message}`;
  if (standing === "retrying") return `retrying (attempt ${ack.attempt}${why})`;
  return standing === "running" ? `running (${ack.state}, attempt ${ack.attempt})` : `${ack.state}${why}`;
}

function loneText(outcome: Outcome, hints: readonly string[]): Text {
  const { address, ack } = outcome;
  const said = ack?.state === "succeeded" ? [] : [standingText(outcome)];
  const notes = [...said, ...gaps(ack)].map((text) => `${address.node}: ${text}`);
  const stderr = outputBytes(ack, "stderr");
  const gap = stderr.length > 0 && stderr.at(-1) !== 0x0a && notes.length > 0 ? "\n" : "";
  return {
    stdout: outputBytes(ack, "stdout"),
    stderr: Buffer.concat([stderr, Buffer.from(gap), inLines([...notes, ...hints])]),
  };
}

/** The outcomes, failures first. Nodes with the same outcome share an entry, and the entry lists their names. */
function folded(outcomes: readonly Outcome[], { onTerminal = false }: Reading): Buffer[] {
  const groups = new Map<string, { names: string[]; head: string; output: Buffer }>();
  for (const outcome of outcomes.toSorted((a, b) => Number(isSuccess(a)) - Number(isSuccess(b)))) {
    const { address, ack } = outcome;
    const head = [standingText(outcome), ...gaps(ack)].join("; ");
    // The key contains the full output, because two different outputs may look the same when they are printed.
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

import { typeAndSubject } from "../../protocol/subjects.ts";
import { summarise, type Outcome, type Summary } from "../../send/outcome.ts";
import type { Standing } from "../../state/standing.ts";
import { shortList } from "../../util/short-list.ts";
import { exitCodes } from "../exit-codes.ts";
import { asLines } from "../print.ts";
import { gaps, indentedOutput, outputBytes } from "./output.ts";

/** The exit code that a summary asks for: a failure goes before what is pending. */
export function exitCodeFor({ succeeded: _succeeded, pending, ...others }: Summary): number {
  if (Object.values(others).some((count) => count > 0)) return exitCodes.failed;
  return pending > 0 ? exitCodes.pending : exitCodes.succeeded;
}

/** A summary in words, what has not ended by how it stands: `2 succeeded, 1 failed, 1 running`. */
export function countsOf({ pending: _pending, ...ended }: Summary, open: readonly Pick<Outcome, "standing">[]): string {
  const counts: Record<string, number> = { ...ended };
  for (const { standing } of open) if (isOpen(standing)) counts[standing] = (counts[standing] ?? 0) + 1;
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  return told.map(([state, count]) => `${count} ${state}`).join(", ");
}

function isOpen(standing: Standing): boolean {
  return standing !== "final" && standing !== "expired";
}

/** What `--json` gives for one message: the ACK of each node, or its address and state while there is none. */
export function messageJson(id: string, outcomes: readonly Outcome[]): object {
  const nodes = outcomes.map(({ address: { node, messageType, subject }, ack, standing: state }) => {
    return ack ?? { id, node, messageType, subject, state };
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

/** What can be done about a message that has not ended, once nobody waits for it. */
function waysOn(id: string, outcomes: readonly Outcome[], { interrupted = false }: Reading): string[] {
  const open = openText(outcomes);
  if (open === undefined) return [];
  const ways = `see \`steward status ${id}\`, or wait on with \`steward wait ${id}\``;
  const back = interrupted ? `, or take it back with \`steward cancel ${id}\`` : "";
  return [`${id} ${open}; ${ways}${back}`];
}

/** How what has not ended stands, as what is said of it; undefined when all has. */
function openText(outcomes: readonly Pick<Outcome, "standing">[]): string | undefined {
  const standings = new Set(outcomes.map(({ standing }) => standing).filter(isOpen));
  const [only, another] = standings;
  if (another !== undefined) return standings.has("queued") ? "has not ended everywhere" : "still runs";
  if (only === "retrying") return "is to be tried again";
  return only && (only === "queued" ? "is still queued" : "still runs");
}

/** One line on where a message stands, and why when it did not succeed. */
export function standingText({ ack, standing }: Outcome): string {
  if (standing === "expired") return "expired in the queue; its node has yet to record that";
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

/** What there is to say of each node, under the names of all of which it is the same; failures first. */
function folded(outcomes: readonly Outcome[], { onTerminal = false }: Reading): Buffer[] {
  const groups = new Map<string, { names: string[]; head: string; output: Buffer }>();
  for (const outcome of outcomes.toSorted((a, b) => Number(isSuccess(a)) - Number(isSuccess(b)))) {
    const { address, ack } = outcome;
    const head = [standingText(outcome), ...gaps(ack)].join("; ");
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

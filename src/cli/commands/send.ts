import { open, readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { buffer } from "node:stream/consumers";
import { canonicalSubject, habitualType, parseDraft, type Draft } from "../../protocol/draft.ts";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { newId } from "../../protocol/ids.ts";
import { toToken } from "../../protocol/subjects.ts";
import { parseTargets, toMessages } from "../../send/outgoing.ts";
import { sendLines } from "../../send/send-lines.ts";
import { send } from "../../send/send.ts";
import type { Outcome } from "../../send/waiter.ts";
import { durationOf, flagOf, listOf, textOf, wholeNumberOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { exitCodes } from "../exit-codes.ts";
import { onInterrupt } from "../interrupt.ts";
import { countsOf, exitCodeFor, printOutcomes, summarise, toJson } from "../render/outcomes.ts";

export const sendCommand: Command = {
  name: "send",
  describe: "send a command or an event to nodes, and wait for what becomes of it",
  positionals: [
    { name: "nodes", describe: "a node, or several with commas between" },
    { name: "subject", describe: "what to do: exec, shell, ping, log, …" },
    { name: "data", describe: "its data; after -- it is taken as it stands", variadic: true },
  ],
  options: {
    event: { type: "boolean", describe: "send an event; log and error are events anyway" },
    timeout: { type: "string", describe: "how long one run may last, such as 5m" },
    retries: { type: "number", describe: "how many further runs a failure may have" },
    "retry-wait": { type: "string", describe: "wait before the first of them; it doubles with each" },
    expires: { type: "string", describe: "do not start it later than this after it was stored" },
    "at-most-once": { type: "boolean", describe: "never run it again after a crash in the middle of a run" },
    reply: { type: "string", describe: "send the result as an event too: node.subject" },
    wait: { type: "string", describe: "how long to wait for the outcome; default 30s" },
    "no-wait": { type: "boolean", describe: "end as soon as the broker has stored it, and print the id" },
    file: { type: "string", describe: "send the messages of a JSON or YAML file, - for standard input" },
    lines: { type: "string", describe: "send the lines of a file as log events in blocks, - for standard input" },
    id: { type: "string", describe: "the message's id; one sent before is not run twice" },
    from: { type: "string", describe: "the sender's name; default the user's" },
    "known-only": { type: "boolean", describe: "refuse node names that were never seen" },
  },
  examples: [
    ["steward send ship1 exec -- uname -a", "run a program on ship1 and print its output"],
    ["steward send ship1,ship2 shell 'df -h | tail -1'", "run a script line on two nodes"],
    ["steward send central log --lines /var/log/syslog", "forward a log file"],
    ["steward send --file messages.json", "send a list of messages"],
  ],
  run: runSend,
};

async function runSend(args: Arguments): Promise<number> {
  const lines = textOf(args, "lines");
  if (lines !== undefined) return runLines(lines, args);
  const drafts = await readDrafts(args);
  const from = senderOf(args);
  const messages = drafts.flatMap((draft) => toMessages(draft, { from, id: newId() }));
  const waitMs = waitOf(args);
  await using broker = await openFromArguments(args);
  using interrupt = onInterrupt();
  const outcomes = await send(broker, messages, {
    waitMs,
    knownOnly: flagOf(args, "known-only"),
    known: args["id"] !== undefined || args["file"] !== undefined,
    signal: interrupt.signal,
    onNeverSeen: (names) => {
      for (const name of names) console.error(`steward: no node ${name} has ever been seen (neverSeen); it is queued`);
    },
  });
  show(outcomes, args);
  if (waitMs === 0) return exitCodes.succeeded;
  return interrupt.signal.aborted ? exitCodes.interrupted : exitCodeFor(outcomes);
}

function show(outcomes: readonly Outcome[], args: Arguments): void {
  const ids = [...new Set(outcomes.map(({ message }) => message.id))];
  const byId = ids.map((id) => outcomes.filter(({ message }) => message.id === id));
  if (flagOf(args, "json")) {
    const sets = byId.map((set, at) => ({ id: ids[at], nodes: toJson(set), summary: summarise(set) }));
    const list = args["file"] !== undefined;
    console.log(JSON.stringify(list ? { messages: sets, summary: summarise(outcomes) } : sets[0]));
    return;
  }
  if (flagOf(args, "no-wait")) {
    for (const id of ids) console.log(id);
    return;
  }
  for (const [at, set] of byId.entries()) {
    printOutcomes(set);
    const summary = summarise(set);
    if (set.length > 1) console.error(`${ids[at]}: ${countsOf(summary)}`);
    if ((summary["pending"] ?? 0) > 0) {
      console.error(`${ids[at]} will be delivered; see \`steward status ${ids[at]}\``);
    }
  }
}

async function readDrafts(args: Arguments): Promise<Draft[]> {
  const file = textOf(args, "file");
  if (file !== undefined) return fileDrafts(file, args);
  const nodes = textOf(args, "nodes");
  const subject = textOf(args, "subject");
  if (nodes === undefined || subject === undefined) {
    throw new StewardError("usage", "name the nodes and the subject, such as `steward send ship1 exec -- uname -a`");
  }
  const data = [...listOf(args, "data"), ...listOf(args, "--")];
  return [draftOf(parseTargets(nodes), subject, data, args)];
}

function draftOf(nodes: string[], subject: string, data: readonly string[], args: Arguments): Draft {
  const reply = textOf(args, "reply")?.split(".");
  return parseDraft({
    id: textOf(args, "id"),
    node: nodes,
    messageType: flagOf(args, "event") ? "event" : habitualType(canonicalSubject(subject)),
    subject,
    data,
    timeout: textOf(args, "timeout"),
    retries: wholeNumberOf(args, "retries"),
    retryWait: textOf(args, "retry-wait"),
    expires: textOf(args, "expires"),
    delivery: flagOf(args, "at-most-once") ? "atMostOnce" : undefined,
    reply: reply && { node: reply[0], subject: reply[1] },
  });
}

/** All messages of a file, or none: a broken part is told with its place before anything is sent. */
async function fileDrafts(file: string, args: Arguments): Promise<Draft[]> {
  if (args["nodes"] !== undefined) throw new StewardError("usage", "with --file, nodes and subject stand in the file");
  const { parseDocuments } = await import("../../inputs/documents.ts");
  const { parts } = await parseDocuments(await readInput(file));
  if (parts.length === 0) throw new StewardError("usage", `${file} holds no message`);
  return parts.map((part, index) => {
    if (part.kind === "broken") throw new StewardError("notJson", `${file}: ${part.reason}`);
    try {
      return parseDraft(part.value);
    } catch (error) {
      throw new StewardError("badMessage", `${file}: message ${index + 1}: ${messageOf(error)}`);
    }
  });
}

async function readInput(file: string): Promise<Buffer> {
  return file === "-" ? buffer(process.stdin) : readFile(file).catch(unreadable(file));
}

async function runLines(file: string, args: Arguments): Promise<number> {
  const nodes = parseTargets(textOf(args, "nodes") ?? "");
  const subject = textOf(args, "subject") ?? "log";
  if (canonicalSubject(subject) !== "log")
    throw new StewardError("usage", `--lines goes with log, not with ${subject}`);
  const input = file === "-" ? process.stdin : (await open(file).catch(unreadable(file))).createReadStream();
  const sender = { from: senderOf(args), id: textOf(args, "id") ?? newId() };
  const waitMs = waitOf(args);
  await using broker = await openFromArguments(args);
  using interrupt = onInterrupt();
  const outcomes = await sendLines(broker, input, sender, { nodes, waitMs, signal: interrupt.signal });
  const summary = summarise(outcomes);
  if (flagOf(args, "json")) console.log(JSON.stringify({ id: sender.id, blocks: outcomes.length, summary }));
  else console.error(`${sender.id}: ${outcomes.length} blocks: ${countsOf(summary)}`);
  return interrupt.signal.aborted ? exitCodes.interrupted : exitCodeFor(outcomes);
}

function senderOf(args: Arguments): string {
  return textOf(args, "from") ?? toToken(userInfo().username);
}

function waitOf(args: Arguments): number {
  return flagOf(args, "no-wait") ? 0 : (durationOf(args, "wait") ?? 30_000);
}

function unreadable(file: string): (error: unknown) => never {
  return (error) => {
    throw new StewardError("fileUnreadable", `${file} cannot be read: ${messageOf(error)}`);
  };
}

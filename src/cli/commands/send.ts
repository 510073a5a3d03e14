import { newId } from "../../protocol/ids.ts";
import { summarise, type Outcome } from "../../send/outcome.ts";
import { toMessages } from "../../send/outgoing.ts";
import { send } from "../../send/send.ts";
import { flagOf, textOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { exitCodes } from "../exit-codes.ts";
import { forwardLines } from "../forward-lines.ts";
import { onInterrupt } from "../interrupt.ts";
import { exitCodeFor, messageJson, messagesText } from "../render/outcomes.ts";
import { defaultSender, draftOf, fileDrafts, waitingOf } from "../send-arguments.ts";

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
  const [file, lines] = [textOf(args, "file"), textOf(args, "lines")];
  if (lines !== undefined && file === undefined) return forwardLines(lines, args);
  const drafts = file === undefined ? [draftOf(args)] : await fileDrafts(file, args);
  const messages = drafts.flatMap((draft) => toMessages(draft, { from: defaultSender(), id: newId() }));
  const options = { ...waitingOf(args), known: drafts.some(({ id }) => id !== undefined) };
  await using broker = await openFromArguments(args);
  using interrupt = onInterrupt();
  const outcomes = await send(broker, messages, { ...options, signal: interrupt.signal });
  show(outcomes, args);
  if (flagOf(args, "no-wait")) return exitCodes.succeeded;
  return interrupt.signal.aborted ? exitCodes.interrupted : exitCodeFor(summarise(outcomes));
}

function show(outcomes: readonly Outcome[], args: Arguments): void {
  const messages = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const { id } = outcome.address;
    if (!messages.get(id)?.push(outcome)) messages.set(id, [outcome]);
  }
  if (flagOf(args, "json")) {
    const list = [...messages].map(([id, set]) => messageJson(id, set));
    const isList = args["file"] !== undefined;
    console.log(JSON.stringify(isList ? { messages: list, summary: summarise(outcomes) } : list[0]));
  } else if (flagOf(args, "no-wait")) {
    for (const id of messages.keys()) console.log(id);
  } else {
    const { stdout, stderr } = messagesText(messages);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
  }
}

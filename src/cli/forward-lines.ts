import { once } from "node:events";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import type { Outcome } from "../send/outcome.ts";
import { defaultSender } from "../send/outgoing.ts";
import { sendLines, type LinesResult } from "../send/send-lines.ts";
import { endingOf } from "../state/standing.ts";
import { openFromArguments } from "./connection.ts";
import { exitCodes } from "./exit-codes.ts";
import { onInterrupt } from "./interrupt.ts";
import { print, printJson, tell } from "./print.ts";
import { countsOf, exitCodeFor, standingText } from "./render/outcomes.ts";
import { sendingOf, type SendArguments } from "./send-arguments.ts";
import { mayReach, meantBy, showTargets } from "./targets.ts";
import { waitingOf } from "./waiting-options.ts";

/** A block's id is that of the whole with its number, and both must be ids. */
const longestId = 32;

/** `send --lines`: forwards a text as log events. Resolves to the exit code. */
export async function forwardLines(file: string, args: SendArguments): Promise<number> {
  const sending = await sendingOf({ ...args, subject: args.subject ?? "log" });
  const { id = newId(), from = defaultSender(), ...template } = sending.template;
  if (template.subject !== "log" || template.data.length > 0) {
    throw new StewardError("usage", "--lines goes with log and no data, such as `steward send central --lines FILE`");
  }
  if (id.length > longestId) throw new StewardError("usage", `--id has at most ${longestId} characters with --lines`);
  const options = { ...waitingOf(args), known: sending.template.id !== undefined, onCut: onlyOnce(tellOfCut) };
  const input = await openInput(file);
  await using broker = await openFromArguments(args);
  const { targets } = sending;
  const meant = await meantBy(broker, targets);
  if (args["dry-run"]) return showTargets(targets, meant, args);
  if (!(await mayReach(meant.nodes, args, targets))) return exitCodes.failed;
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  const { nodes, seen } = meant;
  const result = await sendLines(broker, input, { ...template, nodes }, { from, id }, { ...options, seen, signal });
  show(id, result, args);
  if (signal.aborted) return exitCodes.interrupted;
  if (result.fault !== undefined) return exitCodes.failed;
  return args["no-wait"] ? exitCodes.succeeded : exitCodeFor(result.summary);
}

function show(id: string, { blocks, summary, firstFailure, open, fault }: LinesResult, args: SendArguments): void {
  const stored = args["no-wait"];
  if (args.json) printJson({ id, blocks, summary });
  else if (stored) print(id);
  if (blocks === 0) return tell("there were no lines; nothing was sent");
  const which = blocks === 1 ? `1 block, ${id}-0` : `${blocks} blocks, ${id}-0 to ${id}-${blocks - 1}`;
  tell(`${which}: ${stored ? "stored" : countsOf(summary, open)}`);
  if (fault !== undefined) tell(`steward: ${fault.message}; what was read before that is sent (${fault.code})`);
  if (firstFailure !== undefined) tell(`the first that failed: ${lineOf(firstFailure)}`);
  const [first] = open.filter((outcome) => endingOf(outcome) === "pending");
  if (first === undefined) return;
  tell(`the first that has not ended: ${lineOf(first)}; see \`steward status ${first.address.id}\``);
}

function lineOf(outcome: Outcome): string {
  const { node, id } = outcome.address;
  return `${node}: ${id} ${standingText(outcome)}`;
}

function tellOfCut(): void {
  tell("steward: a line is longer than 256 KiB; it arrives in pieces, a line each");
}

async function openInput(file: string): Promise<Readable> {
  if (file === "-") return process.stdin;
  const input = createReadStream(file);
  await once(input, "open").catch((error: unknown) => {
    throw new StewardError("fileUnreadable", `${file} cannot be read: ${messageOf(error)}`);
  });
  return input;
}

function onlyOnce(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}

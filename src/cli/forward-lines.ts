import { once } from "node:events";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { LinesSent } from "../client/lines.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { canonicalSubject, longestTextId } from "../protocol/subjects.ts";
import type { Outcome } from "../send/outcome.ts";
import { endingOf } from "../state/standing.ts";
import { connectFromArguments } from "./connect.ts";
import { exitCodes } from "./exit-codes.ts";
import { onInterrupt } from "./interrupt.ts";
import { print, printJson, printNote } from "./print.ts";
import { countsOf, exitCodeFor, standingText } from "./render/outcomes.ts";
import { draftOf, type SendArguments } from "./send-arguments.ts";
import { mayReach, resolved, showTargets } from "./targets.ts";
import { warnOfUnknownNodes, waitOf } from "./waiting-options.ts";

/** Runs `send --lines`, which forwards a text as log events. Resolves to the exit code. */
export async function forwardLines(file: string, args: SendArguments): Promise<number> {
  const draft = await draftOf({ ...args, subject: args.subject ?? "log" });
  if (canonicalSubject(draft.subject) !== "log" || draft.data?.length !== 0) {
    throw new StewardError(
      "usage",
      "--lines sends log events and takes no data, such as `steward send central --lines FILE`",
    );
  }
  if ((draft.id?.length ?? 0) > longestTextId) {
    throw new StewardError("usage", `--id may have at most ${longestTextId} characters with --lines`);
  }
  const wait = waitOf(args);
  const input = await openInput(file);
  await using steward = await connectFromArguments(args);
  const nodes = await resolved(steward, draft.nodes);
  if (args["dry-run"]) return showTargets(draft.nodes, nodes.nodes, args);
  if (!(await mayReach(nodes.nodes, args, draft.nodes))) return exitCodes.failed;
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  const result = await steward.forward(
    input,
    { ...draft, nodes },
    {
      wait,
      knownOnly: args["known-only"],
      onUnseen: (unseen) => warnOfUnknownNodes(unseen, "it is queued"),
      onCut: onlyOnce(warnOfCut),
      enough: signal,
    },
  );
  show(result, args);
  if (signal.aborted) return exitCodes.interrupted;
  if (result.fault !== undefined) return exitCodes.failed;
  return args["no-wait"] ? exitCodes.succeeded : exitCodeFor(result.summary);
}

function show({ id, blocks, summary, firstFailure, open, fault }: LinesSent, args: SendArguments): void {
  const stored = args["no-wait"];
  if (args.json) printJson({ id, blocks, summary });
  else if (stored) print(id);
  if (blocks === 0) return printNote("there were no lines; nothing was sent");
  const which = blocks === 1 ? `1 block, ${id}-0` : `${blocks} blocks, ${id}-0 to ${id}-${blocks - 1}`;
  printNote(`${which}: ${stored ? "stored" : countsOf(summary, open)}`);
  if (fault !== undefined) printNote(`steward: ${fault.message}; the lines before that were sent (${fault.code})`);
  if (firstFailure !== undefined) printNote(`first failure: ${lineOf(firstFailure)}`);
  const [first] = open.filter((outcome) => endingOf(outcome) === "pending");
  if (first === undefined) return;
  printNote(`first block that has not ended: ${lineOf(first)}; see \`steward status ${first.address.id}\``);
}

function lineOf(outcome: Outcome): string {
  const { node, id } = outcome.address;
  return `${node}: ${id} ${standingText(outcome)}`;
}

function warnOfCut(): void {
  printNote("steward: a line is longer than 256 KiB; it is sent in pieces, each as a line");
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

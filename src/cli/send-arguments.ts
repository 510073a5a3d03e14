import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { buffer } from "node:stream/consumers";
import { parseDraft, type Draft, type Template } from "../protocol/draft.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { isToken, toToken } from "../protocol/subjects.ts";
import type { TargetSpec } from "../protocol/targets.ts";
import type { Unseen } from "../send/prepare-nodes.ts";
import { longestTimer } from "../util/duration.ts";
import { flagOf, listOf, textOf, timerOf, wholeNumberOf } from "./arguments.ts";
import type { Arguments } from "./command.ts";
import { tell } from "./print.ts";
import { targetOptions, targetSpecOf } from "./targets.ts";

/** What is to be sent, and to whom. */
export interface Sending {
  readonly targets: TargetSpec;
  readonly template: Template;
}

/** The message that the arguments describe. @throws StewardError usage, badName, badMessage, tooLarge */
export async function sendingOf(args: Arguments): Promise<Sending> {
  const [nodes, subject] = [textOf(args, "nodes"), textOf(args, "subject")];
  if (nodes === undefined || subject === undefined) {
    throw new StewardError("usage", "name the nodes and the subject, such as `steward send ship1 exec -- uname -a`");
  }
  const { nodes: _someNode, ...template } = parseDraft({
    ...optionsOf(args),
    id: textOf(args, "id"),
    node: "whoever",
    messageType: flagOf(args, "event") ? "event" : undefined,
    subject,
    data: [...listOf(args, "data"), ...listOf(args, "--")],
  });
  if (args["lines"] === undefined) assertRunsSomething(template);
  return { targets: await targetSpecOf(nodes, args), template };
}

/** What every node would reject need not go round the fleet. */
function assertRunsSomething({ messageType, subject, data }: Template): void {
  if (messageType !== "command" || data.length > 0 || !["exec", "shell", "shellCommand"].includes(subject)) return;
  const what = subject === "shell" ? "'df -h'" : "-- df -h";
  throw new StewardError(
    "usage",
    `${subject} runs what stands behind it, such as \`steward send ship1 ${subject} ${what}\``,
  );
}

/**
 * The messages of a JSON or YAML file (`-` is standard input); what one leaves open comes from the options. All of them,
 * or none: a broken part is told with its place before anything is sent.
 * @throws StewardError usage, fileUnreadable, notJson, badMessage
 */
export async function fileDrafts(file: string, args: Arguments): Promise<Draft[]> {
  const misplaced = ["nodes", "id", "event", "lines", "--", ...Object.keys(targetOptions)].find(
    (name) => listOf(args, name).length > 0,
  );
  if (misplaced !== undefined) {
    throw new StewardError("usage", `with --file the messages stand in the file, so leave out ${misplaced}`);
  }
  const { parseDocuments } = await import("../inputs/documents.ts");
  const { parts } = await parseDocuments(await readInput(file));
  const name = file === "-" ? "standard input" : file;
  if (parts.length === 0) throw new StewardError("usage", `${name}: no message in it`);
  return parts.map((part, index) => {
    if (part.kind === "broken") throw new StewardError("notJson", `${name}: ${part.reason}`);
    try {
      const { nodes, ...draft } = parseDraft(part.value);
      return parseDraft({ ...optionsOf(args), ...draft, node: nodes });
    } catch (error) {
      throw new StewardError("badMessage", `${name}: message ${index + 1}: ${messageOf(error)}`);
    }
  });
}

/** Who sends, when neither the message nor `--from` says: the user of the operating system. */
export function defaultSender(): string {
  try {
    return toToken(userInfo().username);
  } catch {
    return `uid-${process.getuid?.() ?? 0}`; // In a container the user may have no name.
  }
}

/** Who asks for something by hand: `--from`, or the user. @throws StewardError badName */
export function senderOf(args: Arguments): string {
  const from = textOf(args, "from") ?? defaultSender();
  if (isToken(from)) return from;
  throw new StewardError("badName", `--from ${from}: a name holds only A-Z a-z 0-9 _ -`);
}

/** True when the message is for the broker's scheduler rather than for now. */
export function wantsSchedule(args: Arguments): boolean {
  return ["at", "every", "cron", "tz"].some((name) => args[name] !== undefined);
}

/**
 * How long to wait for the outcome (not at all with `--no-wait`), and what to do with nodes that were never seen; `done`
 * is what has been done with what is for them when they are told.
 */
export function waitingOf(
  args: Arguments,
  done: string = "it is queued",
): Unseen & { readonly waitMs: number | undefined } {
  const isFollowed = flagOf(args, "follow");
  const misplaced = ["no-wait", "lines", "quiet"].find((name) => args[name] !== undefined && args[name] !== false);
  if (isFollowed && misplaced !== undefined) {
    throw new StewardError("usage", `--follow shows all up to the end, so leave out --${misplaced}`);
  }
  return {
    waitMs: flagOf(args, "no-wait") ? undefined : (timerOf(args, "wait") ?? (isFollowed ? longestTimer : 30_000)),
    knownOnly: flagOf(args, "known-only"),
    onNeverSeen: (names, meant) => tellNeverSeen(names, meant, done),
  };
}

/** Tells of names under which no daemon ever ran, and what is done with them all the same. */
export function tellNeverSeen(names: readonly string[], meant: ReadonlyMap<string, string>, done: string): void {
  for (const name of names) {
    const one = meant.get(name);
    const asked = one === undefined ? "" : `did you mean ${one}? `;
    tell(`steward: no node ${name} has ever been seen (neverSeen); ${asked}${done}`);
  }
}

function optionsOf(args: Arguments): object {
  return {
    from: textOf(args, "from"),
    timeout: textOf(args, "timeout"),
    retries: wholeNumberOf(args, "retries"),
    retryWait: textOf(args, "retry-wait"),
    expires: textOf(args, "expires"),
    delivery: flagOf(args, "at-most-once") ? "atMostOnce" : undefined,
    reply: replyOf(args),
  };
}

function replyOf(args: Arguments): object | undefined {
  const text = textOf(args, "reply");
  if (text === undefined) return undefined;
  const [node, subject, ...more] = text.split(".");
  if (subject !== undefined && more.length === 0) return { node, subject };
  throw new StewardError("usage", `--reply ${text}: write it as node.subject, such as central.log`);
}

async function readInput(file: string): Promise<Buffer> {
  if (file === "-") return buffer(process.stdin);
  return readFile(file).catch((error: unknown) => {
    throw new StewardError("fileUnreadable", `${file} cannot be read: ${messageOf(error)}`);
  });
}

import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { operatorOptions, type ValuesOf } from "../config/options.ts";
import { templateOf, type Draft } from "../client/draft.ts";
import { parseDraft } from "../protocol/draft.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import type { Duration } from "../util/duration.ts";
import { durationOf, firstGiven } from "./arguments.ts";
import type { Options } from "./command.ts";
import type { GlobalArguments } from "./global-options.ts";
import { targetOptions, targetsOf, type Meant } from "./targets.ts";
import { waitingOptions } from "./waiting-options.ts";

/** The options of `steward send`. */
export const sendOptions: Options<{
  event: "boolean";
  timeout: "string";
  retries: "number";
  "retry-wait": "string";
  expires: "string";
  "at-most-once": "boolean";
  reply: "string";
  file: "string";
  lines: "string";
  at: "string";
  every: "string";
  cron: "string";
  tz: "string";
  id: "string";
  from: "string";
  "known-only": "boolean";
}> &
  typeof targetOptions &
  typeof waitingOptions = {
  event: { type: "boolean", describe: "send an event, not a command; log and error are always events" },
  timeout: { type: "string", value: "duration", describe: "longest time of one run, such as 5m" },
  retries: { type: "number", describe: "number of retries after a failure" },
  "retry-wait": {
    type: "string",
    value: "duration",
    describe: "wait before the first retry; doubles with each retry",
  },
  expires: {
    type: "string",
    value: "duration",
    describe: "do not start it later than this after it was stored, such as 2h",
  },
  "at-most-once": { type: "boolean", describe: "never run it a second time, not even after a crash" },
  reply: { type: "string", value: "node.subject", describe: "also send the output as an event, such as central.log" },
  ...targetOptions,
  ...waitingOptions,
  file: {
    type: "string",
    completes: "file",
    describe: "send the messages of a JSON or YAML file, - for standard input",
  },
  lines: {
    type: "string",
    completes: "file",
    describe: "send the lines of a file as log events in blocks, - for standard input",
  },
  at: { type: "string", value: "time", describe: "send the message at this time, such as 2026-12-24T18:00:00Z" },
  every: { type: "string", value: "duration", describe: "send the message repeatedly, at this interval, such as 1h" },
  cron: {
    type: "string",
    value: "line",
    describe: "send the message at the times of a cron line, such as '30 4 * * 1-5'",
  },
  tz: { type: "string", value: "zone", describe: "the time zone of the cron line; default UTC" },
  id: {
    type: "string",
    value: "id",
    describe: "the message's id; a node does not run the same id, type and subject twice",
  },
  from: operatorOptions.from,
  "known-only": { type: "boolean", describe: "refuse unknown nodes" },
};

/** The arguments of `steward send`. */
export type SendArguments = GlobalArguments &
  ValuesOf<typeof sendOptions> & {
    readonly nodes?: string | undefined;
    readonly subject?: string | undefined;
    readonly data?: readonly string[] | undefined;
    readonly "--"?: readonly string[] | undefined;
  };

/** The message in the arguments, with its nodes. @throws StewardError usage, badName, badMessage, tooLarge */
export async function draftOf(args: SendArguments): Promise<Draft & { readonly nodes: Meant }> {
  const { nodes, subject } = args;
  if (nodes === undefined || subject === undefined) {
    throw new StewardError("usage", "name the nodes and the subject, such as `steward send ship1 exec -- uname -a`");
  }
  if (/\s/.test(subject)) {
    const shell = `\`steward send ${nodes} shell '${subject}'\``;
    throw new StewardError("usage", `"${subject}" is not a subject; to run it as a command, write ${shell}`);
  }
  const draft = {
    ...optionsOf(args),
    id: args.id,
    type: args.event ? ("event" as const) : undefined,
    subject,
    data: [...(args.data ?? []), ...(args["--"] ?? [])],
    nodes: await targetsOf(nodes, args),
  };
  templateOf(draft); // An invalid message is reported before a connection is made.
  if (args.lines === undefined) assertRunsSomething(draft);
  return draft;
}

/** Refuses a message that every node would reject. */
function assertRunsSomething({ type, subject, data = [] }: Draft): void {
  if (type === "event" || data.length > 0 || !["exec", "shell", "shellCommand"].includes(subject)) return;
  const what = subject === "shell" ? "'df -h'" : "-- df -h";
  throw new StewardError(
    "usage",
    `${subject} needs the command to run, such as \`steward send ship1 ${subject} ${what}\``,
  );
}

/**
 * The messages of a JSON or YAML file. `-` is standard input. Missing keys come from the options. Either all messages
 * are returned or none: an invalid part is reported with its place before any message is sent.
 * @throws StewardError usage, fileUnreadable, notJson, badMessage
 */
export async function fileDrafts(file: string, args: SendArguments): Promise<Draft[]> {
  const narrowing = Object.keys(targetOptions) as (keyof typeof targetOptions)[];
  const misplaced = firstGiven(args, ["nodes", "id", "event", "lines", "--", ...narrowing]);
  if (misplaced !== undefined) {
    throw new StewardError("usage", `with --file the messages are in the file; leave out ${misplaced}`);
  }
  const { parseDocuments } = await import("../inputs/documents.ts");
  const { parts } = await parseDocuments(await readInput(file));
  const name = file === "-" ? "standard input" : file;
  if (parts.length === 0) throw new StewardError("usage", `${name}: contains no messages`);
  return parts.map((part, index) => {
    if (part.kind === "broken") throw new StewardError("notJson", `${name}: ${part.reason}`);
    try {
      const { nodes, ...draft } = parseDraft(part.value);
      const {
        nodes: _nodes,
        messageType: type,
        ...checked
      } = parseDraft({ ...optionsOf(args), ...draft, node: nodes });
      return { ...checked, type, nodes } as Draft; // The cast is safe: the durations are checked.
    } catch (error) {
      throw new StewardError("badMessage", `${name}: message ${index + 1}: ${messageOf(error)}`);
    }
  });
}

/** True if the message is for the scheduler of the broker and must not be sent now. */
export function wantsSchedule(args: SendArguments): boolean {
  return firstGiven(args, ["at", "every", "cron", "tz"]) !== undefined;
}

/** @throws StewardError usage */
function optionsOf(args: SendArguments): Omit<Draft, "nodes" | "subject"> {
  for (const option of ["timeout", "retry-wait", "expires"] as const) durationOf(option, args[option]);
  if (args["at-most-once"] && (args.retries ?? 0) > 0)
    throw new StewardError("usage", "--at-most-once and --retries exclude each other; leave out one of them");
  return {
    from: args.from,
    timeout: args.timeout as Duration | undefined,
    retries: args.retries,
    retryWait: args["retry-wait"] as Duration | undefined,
    expires: args.expires as Duration | undefined,
    delivery: args["at-most-once"] ? "atMostOnce" : undefined,
    reply: replyOf(args.reply),
  };
}

function replyOf(text: string | undefined): Draft["reply"] {
  if (text === undefined) return undefined;
  const [node = "", subject, ...more] = text.split(".");
  if (subject !== undefined && more.length === 0) return { node, subject };
  throw new StewardError("usage", `--reply ${text}: write it as node.subject, such as central.log`);
}

async function readInput(file: string): Promise<Buffer> {
  if (file === "-") return buffer(process.stdin);
  return readFile(file).catch((error: unknown) => {
    throw new StewardError("fileUnreadable", `${file} cannot be read: ${messageOf(error)}`);
  });
}

import { randomInt } from "node:crypto";
import { text } from "node:stream/consumers";
import type { Client } from "../client/client.ts";
import {
  specOf,
  type Draft,
  type NarrowedTargets,
  type Prepared,
  type Resolved,
  type Targets,
} from "../client/draft.ts";
import type { ValuesOf } from "../config/options.ts";
import { StewardError } from "../protocol/errors.ts";
import { parseLimit, parseOnly, parseTargets } from "../protocol/targets.ts";
import type { Options } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import type { GlobalArguments } from "./global-options.ts";
import { print, printJson, printNote } from "./print.ts";
import { refuseUnreadInput } from "./unread-input.ts";

/** The options that narrow the selection of nodes. Every command that sends messages has these options. */
export const targetOptions: Options<{
  label: "strings";
  exclude: "strings";
  only: "string";
  limit: "string";
  seed: "string";
  "dry-run": "boolean";
  yes: "boolean";
}> = {
  label: {
    type: "strings",
    value: "key=value",
    completes: "label",
    describe: "only nodes with this label; may be repeated, then all must match",
  },
  exclude: {
    type: "strings",
    completes: "nodes",
    describe: "not these nodes: names, patterns or @groups, several with commas",
  },
  only: {
    type: "string",
    completes: "id",
    describe:
      "only nodes where message ID ended in these states, such as ID:failed,expired; without states: all but succeeded",
  },
  limit: { type: "string", value: "number", describe: "at most this many nodes, such as 10 or 10%, chosen at random" },
  seed: { type: "string", describe: "any text; the same text chooses the same nodes again" },
  "dry-run": { type: "boolean", describe: "print the nodes, and send nothing" },
  yes: { type: "boolean", alias: "y", describe: "do not ask before sending to many nodes" },
};

/** The arguments that select nodes. Standard input may contain names of nodes, or the lines of a log. */
type TargetArguments = ValuesOf<typeof targetOptions> & { readonly lines?: string | undefined };

/**
 * The largest number of nodes to which a message is sent without a question. With more nodes, the person is asked,
 * unless all nodes were given by name.
 */
const fewNodes = 10;

/** A selection of nodes with a seed, so that a limit always selects the same nodes. */
export type Meant = NarrowedTargets & { readonly nodes: readonly string[]; readonly seed: string };

/** Reads a selection of nodes. `@-` means the names on standard input. @throws StewardError usage, badName */
export async function targetsOf(nodes: string, args: TargetArguments): Promise<Meant> {
  const { label, exclude, only, limit, seed = String(randomInt(2 ** 32)) } = args;
  const targets = {
    nodes: await withInput(nodes, args),
    label,
    exclude,
    only: only === undefined ? undefined : parseOnly(only),
    limit: limit === undefined ? undefined : limitOf(limit),
    seed,
  };
  specOf(targets); // An invalid selection is reported before a connection is made.
  return targets;
}

function limitOf(limit: string): NarrowedTargets["limit"] {
  const { kind, value } = parseLimit(limit);
  return kind === "percent" ? `${value}%` : value;
}

async function withInput(nodes: string, { lines: linesFrom }: TargetArguments): Promise<string[]> {
  const words = nodes.split(",").map((word) => word.trim());
  if (!words.includes("@-")) return words;
  if (linesFrom === "-") throw new StewardError("usage", "@- and --lines - cannot both be standard input");
  const lines = (await text(process.stdin)).replaceAll(/#.*/g, "");
  const names = lines.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0) throw new StewardError("usage", "@-: standard input contains no node names");
  return words.flatMap((word) => (word === "@-" ? names : [word]));
}

/** Prepares a message, and reports patterns that match no node. @throws StewardError as `prepare` of the client */
export async function prepared(steward: Client, draft: Draft): Promise<Prepared> {
  return reportingUnmatched(await steward.prepare(draft));
}

/**
 * Finds the selected nodes, and reports patterns that match no node.
 * @throws StewardError as `resolve` of the client
 */
export async function resolved(steward: Client, targets: Targets): Promise<Resolved> {
  return reportingUnmatched(await steward.resolve(targets));
}

function reportingUnmatched<Found extends Pick<Resolved, "unmatched">>(found: Found): Found {
  for (const pattern of found.unmatched) printNote(`steward: no node matches ${pattern}`);
  return found;
}

/**
 * Asks a person before a message goes to many nodes that were not given by name. Returns false if the answer is no.
 * @throws StewardError usage without a terminal, or with unread input
 */
export async function mayReach(nodes: readonly string[], args: TargetArguments, targets?: Meant): Promise<boolean> {
  if (args.lines !== "-") refuseUnreadInput();
  if (nodes.length <= fewNodes || targets?.nodes.flatMap(parseTargets).every(({ kind }) => kind === "name"))
    return true;
  const { confirm } = await import("./confirm.ts");
  const isMeant = await confirm(`send it to ${nodes.length} nodes?`, { yes: args.yes === true });
  if (!isMeant) printNote("nothing was sent");
  return isMeant;
}

/** Prints the selected nodes for `--dry-run`. Returns the exit code. */
export function showTargets(
  { limit, seed }: Meant,
  nodes: readonly string[],
  { json }: Pick<GlobalArguments, "json">,
): number {
  if (json) {
    printJson({ nodes, count: nodes.length, ...(limit === undefined ? {} : { seed }) });
    return exitCodes.succeeded;
  }
  print(nodes);
  const drawn = limit === undefined ? "" : `, selected with --seed ${seed}`;
  printNote(`${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}${drawn}; nothing was sent`);
  return exitCodes.succeeded;
}

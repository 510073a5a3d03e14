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
import { print, printJson, tell } from "./print.ts";
import { refuseUnreadInput } from "./unread-input.ts";

/** The options that narrow who is meant, for every command that sends. */
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
      "only nodes where message ID ended in these states, such as ID:failed,expired; ID alone: any state but succeeded",
  },
  limit: { type: "string", value: "number", describe: "at most this many nodes, such as 10 or 10%, chosen at random" },
  seed: { type: "string", describe: "any text; the same text chooses the same nodes again" },
  "dry-run": { type: "boolean", describe: "print the nodes, and send nothing" },
  yes: { type: "boolean", alias: "y", describe: "do not ask before sending to many nodes" },
};

/** What says who is meant, and may take the names or the lines of a log from standard input. */
type TargetArguments = ValuesOf<typeof targetOptions> & { readonly lines?: string | undefined };

/** More nodes than this, unless each was named, are asked about first. */
const fewNodes = 10;

/** Nodes that are narrowed, of which a limit leaves the same ones again. */
export type Meant = NarrowedTargets & { readonly nodes: readonly string[]; readonly seed: string };

/** Reads who is meant; `@-` among the names stands for those on standard input. @throws StewardError usage, badName */
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
  specOf(targets); // A fault is told before anything is connected.
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
  if (names.length === 0) throw new StewardError("usage", "@-: there is no node's name on standard input");
  return words.flatMap((word) => (word === "@-" ? names : [word]));
}

/** Finds out what would be sent, and tells of patterns that fit nobody. @throws StewardError as `prepare` of the client */
export async function prepared(steward: Client, draft: Draft): Promise<Prepared> {
  return tellingUnmatched(await steward.prepare(draft));
}

/** Finds out which nodes are meant, and tells of patterns that fit nobody. @throws StewardError as `resolve` of the client */
export async function resolved(steward: Client, targets: Targets): Promise<Resolved> {
  return tellingUnmatched(await steward.resolve(targets));
}

function tellingUnmatched<Found extends Pick<Resolved, "unmatched">>(found: Found): Found {
  for (const pattern of found.unmatched) tell(`steward: no node fits ${pattern}`);
  return found;
}

/**
 * The last look before something is sent: a person may think again before it goes to many nodes that he did not name,
 * in `targets` or at all. False when he does. @throws StewardError usage where there is nobody to ask, or unread input
 */
export async function mayReach(nodes: readonly string[], args: TargetArguments, targets?: Meant): Promise<boolean> {
  if (args.lines !== "-") refuseUnreadInput();
  if (nodes.length <= fewNodes || targets?.nodes.flatMap(parseTargets).every(({ kind }) => kind === "name"))
    return true;
  const { confirm } = await import("./confirm.ts");
  const isMeant = await confirm(`send it to ${nodes.length} nodes?`, { yes: args.yes === true });
  if (!isMeant) tell("nothing was sent");
  return isMeant;
}

/** `--dry-run`: prints whom it would reach. Returns the exit code. */
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
  const drawn = limit === undefined ? "" : `, drawn with --seed ${seed}`;
  tell(`${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}${drawn}; nothing was sent`);
  return exitCodes.succeeded;
}

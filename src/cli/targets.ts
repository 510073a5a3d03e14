import type { ValuesOf } from "../config/options.ts";
import { randomInt } from "node:crypto";
import { text } from "node:stream/consumers";
import type { Broker } from "../broker/connection/broker.ts";
import { StewardError } from "../protocol/errors.ts";
import {
  isSweeping,
  parseLabel,
  parseLimit,
  parseOnly,
  parseTargets,
  plainNames,
  type Target,
  type TargetSpec,
} from "../protocol/targets.ts";
import type { Targets } from "../send/targets.ts";
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
    describe: "only nodes with this label; may be given again, then all must fit",
  },
  exclude: {
    type: "strings",
    completes: "nodes",
    describe: "not these: names, patterns or @groups, several with commas",
  },
  only: {
    type: "string",
    completes: "id",
    describe: "only where an earlier message ended so: ID:failed,expired; ID alone: not well",
  },
  limit: { type: "string", value: "number", describe: "at most so many of them, such as 10 or 10%, drawn at random" },
  seed: { type: "string", describe: "draw the same ones again: any text" },
  "dry-run": { type: "boolean", describe: "print whom it would reach, and send nothing" },
  yes: { type: "boolean", alias: "y", describe: "do not ask before many nodes" },
};

/** What says who is meant, and may take the names or the lines of a log from standard input. */
type TargetArguments = ValuesOf<typeof targetOptions> & { readonly lines?: string | undefined };

/** More nodes than this, unless each was named, are asked about first. */
const fewNodes = 10;

/** Reads who is meant; `@-` among the names stands for those on standard input. @throws StewardError usage, badName */
export async function targetSpecOf(nodes: string, args: TargetArguments): Promise<TargetSpec> {
  const { only, limit } = args;
  return {
    include: await withInput(nodes, args),
    exclude: (args.exclude ?? []).flatMap(parseTargets),
    labels: (args.label ?? []).map(parseLabel),
    only: only === undefined ? undefined : parseOnly(only),
    limit: limit === undefined ? undefined : parseLimit(limit),
    seed: args.seed ?? String(randomInt(2 ** 32)),
  };
}

async function withInput(nodes: string, { lines: linesFrom }: TargetArguments): Promise<Target[]> {
  const words = nodes.split(",").map((word) => word.trim());
  if (!words.includes("@-")) return parseTargets(nodes);
  if (linesFrom === "-") throw new StewardError("usage", "@- and --lines - cannot both be standard input");
  const lines = (await text(process.stdin)).replaceAll(/#.*/g, "");
  const names = lines.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0) throw new StewardError("usage", "@-: there is no node's name on standard input");
  return words.flatMap((word) => (word === "@-" ? names.flatMap(parseTargets) : parseTargets(word)));
}

/**
 * Finds out who is meant, and tells of patterns that fit nobody. A plain name need not be known, and costs nothing.
 * @throws StewardError as `resolveTargets`
 */
export async function meantBy(broker: Broker, spec: TargetSpec): Promise<Targets> {
  const names = plainNames(spec);
  if (names !== undefined) return { nodes: names, unmatched: [] };
  const { resolveTargets } = await import("../send/targets.ts");
  const targets = await resolveTargets(broker, spec);
  for (const pattern of targets.unmatched) tell(`steward: no node fits ${pattern}`);
  return targets;
}

/**
 * The last look before something is sent: a person may think again before it goes to many nodes that he did not name,
 * by `spec` or at all. False when he does. @throws StewardError usage where there is nobody to ask, or unread input
 */
export async function mayReach(nodes: readonly string[], args: TargetArguments, spec?: TargetSpec): Promise<boolean> {
  if (args.lines !== "-") refuseUnreadInput();
  if (nodes.length <= fewNodes || (spec !== undefined && !isSweeping(spec))) return true;
  const { confirm } = await import("./confirm.ts");
  const isMeant = await confirm(`send it to ${nodes.length} nodes?`, { yes: args.yes === true });
  if (!isMeant) tell("nothing was sent");
  return isMeant;
}

/** `--dry-run`: prints whom it would reach. Returns the exit code. */
export function showTargets(spec: TargetSpec, { nodes }: Pick<Targets, "nodes">, { json }: GlobalArguments): number {
  const seed = spec.limit === undefined ? {} : { seed: spec.seed };
  if (json) {
    printJson({ nodes, count: nodes.length, ...seed });
    return exitCodes.succeeded;
  }
  print(nodes);
  const drawn = spec.limit === undefined ? "" : `, drawn with --seed ${spec.seed}`;
  tell(`${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}${drawn}; nothing was sent`);
  return exitCodes.succeeded;
}

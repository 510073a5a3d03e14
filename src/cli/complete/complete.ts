import { setTimeout as delay } from "node:timers/promises";
import { printTabbed } from "../print.ts";
import { reference } from "../reference.ts";
import { findCandidates, isOfShell } from "./candidates.ts";
import { type Candidate, type Line, readLine, typeable } from "./line.ts";

/**
 * How long the process may live, in milliseconds. A TAB that lasts longer than a fifth of a second is felt; a slow link
 * needs more, and only there, or where a broker is silent, does it take so long. What has come by then is printed.
 */
const lifetime = 1000;

/**
 * What the shells' completion functions call: prints what the last of the words behind `--` can become, a candidate on a
 * line, with its description after a tab. Where a file's name can stand, it prints `:file` or `:folder`, and the shell
 * completes that. Never fails: where nothing is known, it prints nothing.
 */
export async function complete(argv: readonly string[]): Promise<void> {
  const line = readLine(argv.slice(argv.indexOf("--") + 1), typeable(reference));
  const found = new Map<string, Candidate>();
  const add = (candidates: readonly Candidate[]): void => {
    for (const candidate of candidates) if (!found.has(candidate.value)) found.set(candidate.value, candidate);
  };
  // One source that fails takes none of the others with it.
  for (const event of ["unhandledRejection", "uncaughtException"]) process.on(event, () => {});
  const late = delay(Math.max(0, lifetime - performance.now()));
  await Promise.race([late, findCandidates(line, reference, add).catch(() => {})]);
  printTabbed(render(line, [...found.values()]));
}

function render({ place, head, typed }: Line, found: readonly Candidate[]): string[][] {
  const completes = place.kind === "value" ? place.of.completes : undefined;
  if (completes !== undefined && isOfShell(completes)) return [[`:${completes}`]];
  return found
    .filter(({ value }) => value.startsWith(typed))
    .toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0))
    .map(({ value, describe }) => [`${head}${value}`, ...(describe === undefined ? [] : [describe])]);
}

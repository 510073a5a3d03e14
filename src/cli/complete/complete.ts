import { setTimeout as delay } from "node:timers/promises";
import { printTabbed } from "../print.ts";
import { reference } from "../reference.ts";
import { findCandidates, isOfShell } from "./candidates.ts";
import { type Candidate, type Line, readLine, typeable } from "./line.ts";

/**
 * The longest time for one completion, in milliseconds. Usually a completion takes less than the 200 ms that a user
 * notices; only a slow link or a silent broker takes longer. The candidates that arrive within this time are printed.
 */
const lifetime = 1000;

/**
 * The completion functions of the shells call this program. The program prints the candidates for the last word after
 * `--`. Each candidate is a line, and a tab separates the word from its description. For a file name the program prints
 * `:file` or `:folder`, and the shell completes the name. The program never fails: it prints nothing if it knows no
 * candidate.
 */
export async function complete(argv: readonly string[]): Promise<void> {
  const line = readLine(argv.slice(argv.indexOf("--") + 1), typeable(reference));
  const found = new Map<string, Candidate>();
  const add = (candidates: readonly Candidate[]): void => {
    for (const candidate of candidates) if (!found.has(candidate.value)) found.set(candidate.value, candidate);
  };
  // If one source fails, the candidates of the other sources are still printed.
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

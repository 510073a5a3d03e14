import { operatorOptions, type ValuesOf } from "../config/options.ts";
import { StewardError } from "../protocol/errors.ts";
import type { Unseen } from "../send/prepare-nodes.ts";
import { longestTimer } from "../util/duration.ts";
import { firstGiven, timerOf } from "./arguments.ts";
import type { Options } from "./command.ts";
import { tell } from "./print.ts";

/** The options that say how to wait for messages and what to print of them. */
export const waitingOptions: Options<{ wait: "string"; "no-wait": "boolean"; follow: "boolean"; quiet: "boolean" }> = {
  wait: operatorOptions.wait,
  "no-wait": {
    type: "boolean",
    excludes: "wait",
    describe: "end as soon as the broker has stored it, and print the id",
  },
  follow: { type: "boolean", alias: "f", describe: "show what they print while they run, until all have ended" },
  quiet: { type: "boolean", alias: "q", describe: "print nothing but what did not succeed" },
};

type WaitingArguments = ValuesOf<typeof waitingOptions> & {
  readonly lines?: string | undefined;
  readonly "known-only"?: boolean | undefined;
};

/**
 * How long to wait for the outcome (not at all with `--no-wait`), and what to do with nodes that were never seen;
 * `done` is what has been done with what is for them when they are told.
 */
export function waitingOf(
  args: WaitingArguments,
  done: string = "it is queued",
): Unseen & { readonly waitMs: number | undefined } {
  const misplaced = firstGiven(args, ["no-wait", "lines", "quiet"]);
  if (args.follow && misplaced !== undefined) {
    throw new StewardError("usage", `--follow shows all up to the end, so leave out --${misplaced}`);
  }
  return {
    waitMs: args["no-wait"] ? undefined : (timerOf("wait", args.wait) ?? (args.follow ? longestTimer : 30_000)),
    knownOnly: args["known-only"] === true,
    onNeverSeen: (names, meant) => tellNeverSeen(names, meant, done),
  };
}

/** Tells of names under which no daemon ever ran, and what is done with them all the same. */
export function tellNeverSeen(names: readonly string[], meant: ReadonlyMap<string, string>, done: string): void {
  for (const name of names) {
    const one = meant.get(name);
    const asked = one === undefined ? "" : `did you mean ${one}? `;
    tell(`steward: unknown node ${name} (neverSeen); ${asked}${done}`);
  }
}

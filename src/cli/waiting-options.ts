import { operatorOptions, type ValuesOf } from "../config/options.ts";
import type { Until } from "../client/options.ts";
import type { UnseenNode } from "../client/sent.ts";
import { StewardError } from "../protocol/errors.ts";
import { firstGiven, timerOf } from "./arguments.ts";
import type { Options } from "./command.ts";
import { printNote } from "./print.ts";

/** The options for waiting and for the output. */
export const waitingOptions: Options<{ wait: "string"; "no-wait": "boolean"; follow: "boolean"; quiet: "boolean" }> = {
  wait: operatorOptions.wait,
  "no-wait": {
    type: "boolean",
    excludes: "wait",
    describe: "do not wait for the outcome; print the id once the message is stored",
  },
  follow: { type: "boolean", alias: "f", describe: "show the output during the run, until all nodes have ended" },
  quiet: { type: "boolean", alias: "q", describe: "print only messages that did not succeed" },
};

type WaitingArguments = ValuesOf<typeof waitingOptions> & { readonly lines?: string | undefined };

/** The time to wait for the outcome. Undefined with `--no-wait`, which means no wait. @throws StewardError usage */
export function waitOf(args: WaitingArguments): Until["wait"] | undefined {
  const misplaced = firstGiven(args, ["no-wait", "lines", "quiet"]);
  if (args.follow && misplaced !== undefined) {
    throw new StewardError("usage", `--follow waits for the end and shows everything; leave out --${misplaced}`);
  }
  if (args["no-wait"]) return undefined;
  const ms = timerOf("wait", args.wait);
  if (ms !== undefined) return `${ms}ms`;
  return args.follow ? "forever" : "30s";
}

/** Warns of nodes on which a daemon has never run. `done` says what happens with their messages. */
export function warnOfUnknownNodes(unseen: readonly UnseenNode[], done: string): void {
  for (const { node, meant } of unseen) {
    const asked = meant === undefined ? "" : `did you mean ${meant}? `;
    printNote(`steward: unknown node ${node} (neverSeen); ${asked}${done}`);
  }
}

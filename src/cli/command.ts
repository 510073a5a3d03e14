import type { Values } from "../config/layers.ts";
import type { Bound, ValueTypes } from "../config/options.ts";

/** The kind of a word, so that shells can complete it: a name in the fleet, on this machine, or a command. */
export type Completes =
  | "nodes"
  | "node"
  | "group"
  | "subject"
  | "id"
  | "open id"
  | "label"
  | "lane"
  | "context"
  | "file"
  | "folder"
  | "command";

/** An option of a command, described as data. Only `parse.ts` turns it into yargs. */
export interface Option<Type extends keyof ValueTypes = keyof ValueTypes> {
  readonly describe: string;
  readonly type: Type;
  readonly alias?: string;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
  /** An option with the opposite meaning, which must not be given together with this one. */
  readonly excludes?: string;
  /** The name of its value in the help, such as `duration`; by default, what `completes` says. */
  readonly value?: string;
  /** For an option that a variable or a configuration file may set too: its allowed values. */
  readonly bound?: Bound;
}

/** A table of options, by the type of each value. */
export type Options<
  Types extends Readonly<Record<string, keyof ValueTypes>> = Readonly<Record<string, keyof ValueTypes>>,
> = {
  readonly [Name in keyof Types]: Option<Types[Name]>;
};

export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly required?: boolean;
  readonly variadic?: boolean;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

/** The values of options and positionals by their names. `defineCommand` gives them types. */
export type Arguments = Values;

/** The sections of the overview, in order. */
export const commandGroups: readonly ["send and wait", "look", "act", "run", "set up"] = [
  "send and wait",
  "look",
  "act",
  "run",
  "set up",
];

/** Whether a command may change something in the fleet or the broker. */
export type Impact = "reads" | "writes";

/** The data of a command, from which it is parsed, explained and completed. */
export interface CommandData {
  readonly name: string;
  readonly group: (typeof commandGroups)[number];
  readonly impact: Impact;
  /** For a command that writes: when it only reads, as a text for the help. */
  readonly onlyReadsWhen?: string;
  readonly describe: string;
  readonly positionals?: readonly Positional[];
  readonly options?: Options;
  readonly examples: readonly (readonly [command: string, what: string])[];
}

/** The code of a command. */
export interface Behaviour<Args> {
  /** It gets only what was typed, and reads the environment and the configuration file itself. */
  readonly settles?: boolean;
  /** For a command that writes: true if it only reads with these arguments. */
  readonly onlyReads?: (args: Args) => boolean;
  /** Its exit code is that of messages: it counts even if all output is lost. */
  readonly endsAsMessages?: boolean;
  /** Resolves to the exit code. A StewardError becomes one line on stderr. */
  readonly run: (args: Args) => Promise<number>;
}

/** A command as it is loaded by its name. The parser guarantees the types of its arguments. */
export interface Command extends CommandData, Behaviour<Arguments> {}

/** Whether a command writes with these arguments. */
export function impactOf({ impact, onlyReads }: Command, args: Arguments): Impact {
  return onlyReads?.(args) === true ? "reads" : impact;
}

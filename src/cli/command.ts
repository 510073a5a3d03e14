import type { Values } from "../config/layers.ts";
import type { Bound, ValueTypes } from "../config/options.ts";

/**
 * The kind of a word, so that shells can complete the word: a name in the fleet, a name on this machine, or a command.
 */
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

/** An option of a command, as data. Only `parse.ts` creates yargs options from the data. */
export interface Option<Type extends keyof ValueTypes = keyof ValueTypes> {
  readonly describe: string;
  readonly type: Type;
  readonly alias?: string;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
  /** The option with the opposite meaning. A user must not give both options together. */
  readonly excludes?: string;
  /** The name of the value in the help, such as `duration`. The default is `completes`. */
  readonly value?: string;
  /** The allowed values. Only for an option that a variable or a configuration file may set too. */
  readonly bound?: Bound;
}

/** A table of options by name. The type parameter gives the type of each value. */
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

/** The sections of the overview of all commands, in order. */
export const commandGroups: readonly ["send and wait", "look", "act", "run", "set up"] = [
  "send and wait",
  "look",
  "act",
  "run",
  "set up",
];

/** Says if a command may change something in the fleet or the broker. */
export type Impact = "reads" | "writes";

/** The data of a command. The parser, the help and the completion use the data. */
export interface CommandData {
  readonly name: string;
  readonly group: (typeof commandGroups)[number];
  readonly impact: Impact;
  /** For a command that writes: a text for the help that says when the command only reads. */
  readonly onlyReadsWhen?: string;
  readonly describe: string;
  readonly positionals?: readonly Positional[];
  readonly options?: Options;
  readonly examples: readonly (readonly [command: string, what: string])[];
}

/** The code of a command. */
export interface Behaviour<Args> {
  /**
   * If true, `run` gets only the typed arguments. The command then reads the environment and the configuration file
   * itself.
   */
  readonly settles?: boolean;
  /** For a command that writes: true if the command only reads with these arguments. */
  readonly onlyReads?: (args: Args) => boolean;
  /** True if the exit code depends on the outcome of messages. Such an exit code is kept even if all output is lost. */
  readonly endsAsMessages?: boolean;
  /** Resolves to the exit code. A StewardError becomes one line on stderr. */
  readonly run: (args: Args) => Promise<number>;
}

/** A command with its data and its code. The parser guarantees the types of the arguments. */
export interface Command extends CommandData, Behaviour<Arguments> {}

/** `writes` if the command changes something with these arguments, otherwise `reads`. */
export function impactOf({ impact, onlyReads }: Command, args: Arguments): Impact {
  return onlyReads?.(args) === true ? "reads" : impact;
}

import type { Values } from "../config/layers.ts";
import type { Bound, ValueTypes } from "../config/options.ts";

/** What a word stands for, so that the shells can complete it: something of the fleet, of this machine, or a command. */
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

/** An option of a command, described as data; `parse.ts` alone turns it into yargs. */
export interface Option<Type extends keyof ValueTypes = keyof ValueTypes> {
  readonly describe: string;
  readonly type: Type;
  readonly alias?: string;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
  /** An option that says the contrary, and is not typed beside it. */
  readonly excludes?: string;
  /** What the help calls its value, such as `duration`; unless told, after what completes it. */
  readonly value?: string;
  /** Of an option that a variable and a configuration file may set too: what its value must be. */
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

/** The values of options and positionals by their names. Commands get them typed, by `defineCommand`. */
export type Arguments = Values;

/** Under which of them a command stands in the overview, in their order. */
export const commandGroups: readonly ["send and wait", "look", "act", "run", "set up"] = [
  "send and wait",
  "look",
  "act",
  "run",
  "set up",
];

/** What a command does to the fleet and its broker: it changes nothing, or may change something. */
export type Impact = "reads" | "writes";

/** What a command is, to parse, explain and complete it. */
export interface CommandData {
  readonly name: string;
  readonly group: (typeof commandGroups)[number];
  readonly impact: Impact;
  /** Of a command that writes: when it only reads, for the help. */
  readonly onlyReadsWhen?: string;
  readonly describe: string;
  readonly positionals?: readonly Positional[];
  readonly options?: Options;
  readonly examples: readonly (readonly [command: string, what: string])[];
}

/** What a command does. */
export interface Behaviour<Args> {
  /** It gets what was typed alone, and looks at environment and configuration file by itself. */
  readonly settles?: boolean;
  /** Of a command that writes: whether it only reads with these arguments. */
  readonly onlyReads?: (args: Args) => boolean;
  /** Its exit code is that of messages: even if all that it prints is lost, it was not for nothing. */
  readonly endsAsMessages?: boolean;
  /** Resolves to the process's exit code; a StewardError becomes one line on stderr. */
  readonly run: (args: Args) => Promise<number>;
}

/** One command of the CLI, as it is found by its name: the parser has seen to it that it gets the arguments that it takes. */
export interface Command extends CommandData, Behaviour<Arguments> {}

/** What a command does with these arguments. */
export function impactOf({ impact, onlyReads }: Command, args: Arguments): Impact {
  return onlyReads?.(args) === true ? "reads" : impact;
}

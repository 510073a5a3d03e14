import type { Bound } from "../config/options.ts";

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

/** An option of a command, described as data; `register.ts` alone turns it into yargs. */
export interface Option {
  readonly describe: string;
  readonly type: "string" | "boolean" | "number" | "strings";
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

export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly required?: boolean;
  readonly variadic?: boolean;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

/** What the user typed: values by name; an option not given is absent, so that files and environment can speak. */
export type Arguments = Readonly<Record<string, string | boolean | number | readonly string[] | undefined>>;

/** Under which of them a command stands in the overview, in their order. */
export const commandGroups: readonly ["send and wait", "look", "act", "run", "set up"] = [
  "send and wait",
  "look",
  "act",
  "run",
  "set up",
];

/** What a command is, to parse, explain and complete it. */
export interface CommandData {
  readonly name: string;
  readonly group: (typeof commandGroups)[number];
  readonly describe: string;
  readonly positionals?: readonly Positional[];
  readonly options?: Readonly<Record<string, Option>>;
  readonly examples: readonly (readonly [command: string, what: string])[];
}

/** One command of the CLI. `run` resolves to the process's exit code; a thrown StewardError becomes one line on stderr. */
export interface Command extends CommandData {
  /** It gets what was typed alone, and looks at environment and configuration file by itself. */
  readonly settles?: boolean;
  /** It only reads, always or with these arguments: what it cannot print, it did for nothing. */
  readonly reads: boolean | ((args: Arguments) => boolean);
  readonly run: (args: Arguments) => Promise<number>;
}

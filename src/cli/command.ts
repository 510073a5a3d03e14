/** An option or positional of a command, described as data; `register.ts` alone turns it into yargs. */
export interface Option {
  readonly describe: string;
  readonly type: "string" | "boolean" | "number" | "strings";
  readonly alias?: string;
  readonly choices?: readonly string[];
}

export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly required?: boolean;
  readonly variadic?: boolean;
}

/** What the user typed: values by name; an option not given is absent, so that files and environment can speak. */
export type Arguments = Readonly<Record<string, string | boolean | number | readonly string[] | undefined>>;

/** One command of the CLI. `run` resolves to the process's exit code; a thrown StewardError becomes one line on stderr. */
export interface Command {
  readonly name: string;
  readonly describe: string;
  readonly positionals?: readonly Positional[];
  readonly options?: Readonly<Record<string, Option>>;
  readonly examples?: readonly (readonly [command: string, what: string])[];
  readonly run: (args: Arguments) => Promise<number>;
}

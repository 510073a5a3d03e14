import type { ValuesOf } from "../config/options.ts";
import type { Command, CommandData, Behaviour, Options, Positional } from "./command.ts";
import type { GlobalArguments } from "./global-options.ts";

type Word<One extends Positional> = One extends { variadic: true }
  ? readonly string[]
  : One extends { choices: readonly (infer Choice)[] }
    ? Choice
    : string;

type Words<List extends readonly Positional[]> = {
  readonly [One in List[number] as One extends { required: true } ? One["name"] : never]: Word<One>;
} & {
  readonly [One in List[number] as One extends { required: true } ? never : One["name"]]?: Word<One> | undefined;
};

/** The arguments of a command: its options and positionals, the global options, and the words after `--`. */
type ArgumentsOf<Table extends Options, List extends readonly Positional[]> = GlobalArguments &
  ValuesOf<Table> &
  Words<List> & { readonly "--"?: readonly string[] | undefined };

interface Definition<Table extends Options, List extends readonly Positional[]>
  extends CommandData, Behaviour<ArgumentsOf<Table, List>> {
  readonly options?: Table;
  readonly positionals?: List;
}

/**
 * Defines a command. The options and positionals of the command give types to its arguments, so that a misspelt name
 * does not compile.
 */
export function defineCommand<
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- that is what a command without options has
  const Table extends Options = Record<never, never>,
  const List extends readonly Positional[] = readonly [],
>(command: Definition<Table, List>): Command {
  // The cast is safe, because the parser only passes arguments that the definition contains.
  return command as unknown as Command;
}

import { homedir } from "node:os";
import type { Arguments, CommandData, Option, Positional } from "../command.ts";
import { globalOptions } from "../global-options.ts";

/** The kind of word that fits at the cursor. */
export type CursorPlace =
  | { readonly kind: "option" }
  | { readonly kind: "value"; readonly of: Pick<Option, "choices" | "completes"> }
  | { readonly kind: "nothing" };

/** A command line up to the cursor. */
export interface Line {
  readonly command: CommandData | undefined;
  /** The options and positionals that were typed before the last word. */
  readonly args: Arguments;
  readonly place: CursorPlace;
  /** The part of the last word that is already complete, such as `--node=`. */
  readonly head: string;
  /** The part of the last word that the completion continues. */
  readonly typed: string;
}

/** A word that fits at the cursor. Some shells show the description. */
export interface Candidate {
  readonly value: string;
  readonly describe?: string | undefined;
  /** The time of the candidate, if known, in milliseconds since 1970. The newest candidates come first. */
  readonly at?: number | undefined;
}

/** Takes candidates as they arrive. Late candidates are not shown. */
export type Add = (candidates: readonly Candidate[]) => void;

const aCommand: Pick<Positional, "completes"> = { completes: "command" };
const help: CommandData = {
  name: "help",
  group: "look",
  impact: "reads",
  describe: "show the options and examples of a command",
  positionals: [{ name: "command", describe: "the command", completes: "command" }],
  examples: [],
};

/** The commands that can be typed. `help` is added, because the parser has no such command. */
export function typeable(commands: readonly CommandData[]): readonly CommandData[] {
  return [...commands, help];
}

/**
 * Reads the words before the cursor. The last word may be empty or incomplete. This function skips unknown words, and
 * the parser refuses them.
 */
export function readLine(words: readonly string[], commands: readonly CommandData[]): Line {
  const last = words.at(-1) ?? "";
  const args: Record<string, string | boolean | readonly string[]> = {};
  let command: CommandData | undefined;
  let open: NamedOption | undefined;
  let position = 0;
  const lineAt = (place: CursorPlace, head = ""): Line => ({
    command,
    args,
    place,
    head,
    typed: last.slice(head.length),
  });

  for (const word of words.slice(0, -1)) {
    if (open !== undefined) {
      args[open.name] = valueOf(open, word, args);
      open = undefined;
    } else if (word === "--") {
      return lineAt({ kind: "nothing" }); // All words after `--` are data.
    } else if (isOption(word) && word !== "-") {
      const { label, value } = splitOption(word);
      const option = optionNamed(label, command);
      if (option?.type === "boolean") args[option.name] = true;
      else if (option !== undefined && value !== undefined) args[option.name] = valueOf(option, value, args);
      else open = option;
    } else if (command === undefined) {
      command = commands.find(({ name }) => name === word);
      if (command === undefined) return lineAt({ kind: "nothing" });
    } else {
      const positional = positionalAt(command, position);
      if (positional !== undefined) args[positional.name] = word;
      position += 1;
    }
  }

  if (open !== undefined) return lineAt({ kind: "value", of: open });
  if (isOption(last)) {
    const { label, value } = splitOption(last);
    const option = optionNamed(label, command);
    if (value === undefined) return lineAt({ kind: "option" });
    return lineAt(option === undefined ? { kind: "nothing" } : { kind: "value", of: option }, `${label}=`);
  }
  if (command === undefined) return lineAt({ kind: "value", of: aCommand });
  const positional = positionalAt(command, position);
  // Options fit if nothing else fits.
  return lineAt(positional === undefined ? { kind: "option" } : { kind: "value", of: positional });
}

type NamedOption = Option & { readonly name: string };

function isOption(word: string): boolean {
  return word.startsWith("-");
}

function splitOption(word: string): { label: string; value: string | undefined } {
  const at = word.indexOf("=");
  return at < 0 ? { label: word, value: undefined } : { label: word.slice(0, at), value: word.slice(at + 1) };
}

/** The option with a label such as `--server` or `-s`. */
function optionNamed(label: string, command: CommandData | undefined): NamedOption | undefined {
  const options = Object.entries({ ...globalOptions, ...command?.options });
  const found = options.find(([name, { alias }]) => label === `--${name}` || label === `-${alias}`);
  return found === undefined ? undefined : { name: found[0], ...found[1] };
}

function positionalAt({ positionals = [] }: CommandData, position: number): Positional | undefined {
  const last = positionals.at(-1);
  return positionals[position] ?? (last?.variadic === true ? last : undefined);
}

/** The value of an option. The shell does not expand `~` before it passes a word, so `~` is replaced here. */
function valueOf({ name, type }: NamedOption, word: string, args: Arguments): string | readonly string[] {
  const value = word.replace(/^~(?=\/)/, homedir());
  const before = args[name];
  return type === "strings" ? [...(Array.isArray(before) ? before.map(String) : []), value] : value;
}

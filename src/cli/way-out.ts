import { closest } from "../util/closest.ts";
import type { CommandData } from "./command.ts";
import { allOptionsOf } from "./global-options.ts";

/**
 * The text of the error for unknown words, given to yargs. Yargs puts the names of the unknown options and arguments
 * into it, without their dashes.
 */
export const unknownWords = "unknown: %s";

/** The error with the unknown words in the form that the user typed. */
export function asTyped(fault: string, words: readonly string[]): string {
  const [, names] = /^unknown: (.*)$/.exec(fault) ?? [];
  if (names === undefined) return fault;
  const before = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  const typed = names.split(", ").map((name) => {
    const isIt = (word: string): boolean =>
      word.replace(/=.*/s, "") === `--${name}` || (/^-[^-]/.test(word) && word.slice(1).includes(name));
    return before.includes(name) ? name : (before.find(isIt)?.replace(/=.*/s, "") ?? name);
  });
  const kind = typed.some((word) => word.startsWith("-")) ? "option" : "argument";
  return `unknown ${kind}: ${[...new Set(typed)].join(", ")}`;
}

/** The advice at the end of the line of an error. */
export function wayOut(fault: string, words: readonly string[], command: CommandData | undefined): string {
  if (command === undefined) return "see `steward --help`";
  const help = `see \`steward ${command.name} --help\``;
  if (!fault.startsWith("unknown ")) return help;
  const meant = meantOption(words, command);
  if (meant !== undefined) return `did you mean --${meant}? ${help}`;
  const takesData = command.positionals?.some(({ variadic }) => variadic === true) === true;
  return help + (takesData ? "; put data that begins with - after --" : "");
}

/** The known option that is most similar to the first unknown one. */
function meantOption(words: readonly string[], command: CommandData): string | undefined {
  const known = Object.keys(allOptionsOf(command));
  for (const word of words) {
    if (word === "--") break;
    const [, dashes = "", name = ""] = /^(-*)([^=]*)/.exec(word) ?? [];
    // A short word with a single dash, such as `-la`, is probably data.
    const isMistyped = dashes === "--" ? !known.includes(name) : dashes === "-" && name.length > 3;
    const meant = isMistyped ? closest(name, known) : undefined;
    if (meant !== undefined) return meant;
  }
  return undefined;
}

import { StewardError } from "../protocol/errors.ts";
import { version } from "../protocol/version.ts";
import { closest } from "../util/closest.ts";
import { exitCodes } from "./exit-codes.ts";
import { reference } from "./reference.ts";
import { commandHelp, overview } from "./render/help.ts";

/**
 * Answers an empty command line, and a command line that asks for help or the version. Undefined for all other command
 * lines. The answer to an empty command line goes to stderr.
 * @throws StewardError usage for help on an unknown command
 */
export function answer(
  argv: readonly string[],
): { stream: "stdout" | "stderr"; text: string; code: number } | undefined {
  if (argv.length === 0) return { stream: "stderr", text: overview(reference), code: exitCodes.usage };
  const words = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  const dashes = words.indexOf("--");
  const before = dashes < 0 ? words : words.slice(0, dashes);
  const asks = (...flags: string[]): boolean => flags.some((flag) => before.includes(flag));
  const said = (text: string) => ({ stream: "stdout", text, code: exitCodes.succeeded }) as const;
  if (asks("--version", "-V")) return said(version);
  if (!asks("--help", "-h")) return undefined;
  const [first = ""] = before;
  if (!first.startsWith("-") && !reference.some(({ name }) => name === first)) throw unknownCommand(first);
  const named = before.find((word) => reference.some(({ name }) => name === word));
  const command = reference.find(({ name }) => name === named);
  return said(command === undefined ? overview(reference) : commandHelp(command));
}

/** The error for a word that is not a command. */
export function unknownCommand(word: string): StewardError {
  const meant = closest(
    word,
    reference.map(({ name }) => name),
  );
  const hint = meant === undefined ? "" : `did you mean \`steward ${meant}\`? `;
  return new StewardError("usage", `unknown command: ${word}; ${hint}see \`steward --help\``);
}

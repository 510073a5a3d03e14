import yargs, { type Argv, type Options as YargsOptions } from "yargs";
import { StewardError } from "../protocol/errors.ts";
import { checkArguments } from "./check-arguments.ts";
import type { Arguments, CommandData, Options } from "./command.ts";
import { allOptionsOf, globalOptions } from "./global-options.ts";
import { unknownCommand } from "./help.ts";
import { reference } from "./reference.ts";
import { usageLine } from "./render/help.ts";
import { asTyped, unknownWords, wayOut } from "./way-out.ts";

/**
 * Finds the command of a command line. The values of the arguments have the types that the options and positionals of
 * the command declare. Only this file uses yargs.
 * @throws StewardError usage
 */
export function parseCommandLine(words: readonly string[]): Parsed {
  const [first = ""] = words;
  if (first === "-v") throw new StewardError("usage", "unknown option: -v; did you mean -V? see `steward --help`");
  const named = reference.filter(({ name }) => name === first);
  if (named.length === 0 && first !== "" && !first.startsWith("-")) throw unknownCommand(first);
  return parse(words, named.length === 0 ? reference : named);
}

interface Parsed {
  readonly command: CommandData;
  readonly parsed: Arguments;
}

function parse(words: readonly string[], candidates: readonly CommandData[]): Parsed {
  refuseValues(words, candidates);
  let chosen: Parsed | undefined;
  const parser = createParser(words, candidates);
  for (const command of candidates) addCommand(parser, command, (parsed) => (chosen = { command, parsed }));
  parser.parseSync();
  if (chosen === undefined) throw new StewardError("usage", "name a command; see `steward --help`");
  checkArguments(chosen.command, chosen.parsed);
  return chosen;
}

/**
 * Refuses a value of an option that takes no value, such as `--dry-run=1`. Yargs reads every value except `true` as
 * false. Yargs also takes the word `true` or `false` after such an option as the value of the option, although the word
 * may be data.
 */
function refuseValues(words: readonly string[], candidates: readonly CommandData[]): void {
  const flags = new Map<string, string>();
  for (const [name, { type, alias }] of candidates.flatMap((command) => Object.entries(allOptionsOf(command)))) {
    if (type !== "boolean") continue;
    flags.set(`--${name}`, `--${name}`);
    if (alias !== undefined) flags.set(`-${alias}`, `--${name}`);
  }
  const before = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  for (const [index, word] of before.entries()) {
    const [option = "", ...value] = word.split("=");
    const flag = flags.get(option);
    if (flag === undefined) continue;
    const next = before[index + 1] ?? "";
    if (value.length > 0) throw new StewardError("usage", `${flag} takes no value; write ${flag}`);
    if (/^(true|false)$/.test(next))
      throw new StewardError("usage", `${flag} takes no value; leave out ${next}, or put data after --`);
  }
}

function createParser(words: readonly string[], candidates: readonly CommandData[]): Argv {
  const [only, another] = candidates;
  const named = another === undefined ? only : undefined;
  return yargs([...words])
    .scriptName("steward")
    .parserConfiguration({
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "dot-notation": false,
      "camel-case-expansion": false,
      "boolean-negation": false,
      "populate--": true,
    })
    .detectLocale(false)
    .updateStrings(strings as unknown as Record<string, string>) // The types of yargs do not include plurals.
    .options(toYargs(globalOptions))
    .help(false)
    .version(false)
    .strict()
    .demandCommand(1, "name a command")
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      const text = asTyped((message ?? error?.message ?? "").replaceAll(/\s+/g, " "), words);
      const [, given] = /^an argument is missing \((\d+) given/.exec(text) ?? [];
      const required = named?.positionals?.filter((one) => one.required === true)[Number(given)];
      const fault = required === undefined ? text : `the argument <${required.name}> is missing`;
      throw new StewardError("usage", `${fault}; ${wayOut(fault, words, named)}`);
    });
}

const missing = "an argument is missing (%s given, %s needed)";

/** The texts for the errors of yargs, in the style of our own errors. */
const strings = {
  "Unknown argument: %s": { one: unknownWords, other: unknownWords },
  "Not enough arguments following: %s": "a value is missing after the option %s",
  "Not enough non-option arguments: got %s, need at least %s": { one: missing, other: missing },
};

function addCommand(parser: Argv, command: CommandData, choose: (parsed: Arguments) => void): void {
  parser.command(
    usageLine(command).replace("steward ", ""),
    command.describe,
    (own) => {
      for (const { name } of command.positionals ?? []) own.positional(name, { type: "string" });
      return own.options(toYargs(command.options ?? {}));
    },
    (parsed) => choose(parsed as Arguments),
  );
}

/**
 * Creates options for yargs. They are hidden, because yargs renders the help for every command line, even if the help
 * is not shown. An empty help costs little time.
 */
function toYargs(options: Options): Record<string, YargsOptions> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, alias }]) => [
      name,
      {
        ...(type === "strings" ? { type: "string", array: true, nargs: 1 } : { type }),
        ...(type === "string" || type === "number" ? { requiresArg: true } : {}),
        ...(alias === undefined ? {} : { alias }),
        hidden: true,
      },
    ]),
  );
}

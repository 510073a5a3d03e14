import yargs, { type Argv, type Options } from "yargs";
import { StewardError } from "../protocol/errors.ts";
import { closest } from "../util/closest.ts";
import type { Arguments, CommandData, Option } from "./command.ts";
import { commands } from "./commands/index.ts";
import { globalOptions } from "./global-options.ts";
import { unknownCommand } from "./help.ts";
import { reference } from "./reference.ts";
import { usageLine } from "./render/help.ts";
import { resolveSettings } from "./settings.ts";

/** How a command has ended, and whether it only read. */
export interface Ended {
  readonly code: number;
  readonly reads: boolean;
}

/**
 * Parses a command line and runs its command; the only file that knows yargs.
 * @throws StewardError usage for a command line that is not understood, and what the command throws
 */
export async function runCommandLine(words: readonly string[]): Promise<Ended> {
  const { command, parsed } = parseCommandLine(words);
  const loaded = await commands[command.name]?.();
  if (loaded === undefined) throw unknownCommand(command.name);
  const reads = typeof loaded.reads === "boolean" ? loaded.reads : loaded.reads(parsed);
  if (loaded.settles === true) return { code: await loaded.run(parsed), reads };
  // What runs as a service, or sets one up, is configured; what is typed means what was typed.
  const isConfigured = command.group === "run" || command.group === "set up";
  const mayBeElsewhere = isConfigured ? () => true : undefined;
  const { args } = await resolveSettings(parsed, command.options ?? {}, process.env, mayBeElsewhere);
  return { code: await loaded.run(args), reads };
}

/** The command that a command line names, and what was typed for it. @throws StewardError usage */
export function parseCommandLine(words: readonly string[]): Parsed {
  const [first = ""] = words;
  const named = reference.filter(({ name }) => name === first);
  if (named.length === 0 && first !== "" && !first.startsWith("-")) throw unknownCommand(first);
  return parse(words, named.length === 0 ? reference : named);
}

interface Parsed {
  readonly command: CommandData;
  readonly parsed: Arguments;
}

function parse(words: readonly string[], candidates: readonly CommandData[]): Parsed {
  let chosen: Parsed | undefined;
  const parser = createParser(words, candidates);
  for (const command of candidates) addCommand(parser, command, (parsed) => (chosen = { command, parsed }));
  parser.parseSync();
  if (chosen === undefined) throw new StewardError("usage", "name a command; see `steward --help`");
  assertChosenFrom(chosen);
  assertNoContrary(chosen);
  return chosen;
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
    .updateStrings(strings as unknown as Record<string, string>) // The types do not know of plurals.
    .options(toYargs(globalOptions))
    .help(false)
    .version(false)
    .strict()
    .demandCommand(1, "name a command")
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      const fault = asTyped((message ?? error?.message ?? "").replaceAll(/\s+/g, " "), words);
      throw new StewardError("usage", `${fault}; ${wayOut(fault, words, named)}`);
    });
}

const notUnderstood = "not understood: %s";

/** What is not understood, with the dashes that yargs takes away. */
function asTyped(fault: string, words: readonly string[]): string {
  const [, names] = /^not understood: (.*)$/.exec(fault) ?? [];
  if (names === undefined) return fault;
  const before = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  const typed = names.split(", ").map((name) => {
    const isIt = (word: string): boolean =>
      word.replace(/=.*/s, "") === `--${name}` || (/^-[^-]/.test(word) && word.slice(1).includes(name));
    return before.includes(name) ? name : (before.find(isIt)?.replace(/=.*/s, "") ?? name);
  });
  return `not understood: ${[...new Set(typed)].join(", ")}`;
}

const missing = "an argument is missing (%s given, %s needed)";

/** What yargs says, in the words of the other messages. */
const strings = {
  "Unknown argument: %s": { one: notUnderstood, other: notUnderstood },
  "Not enough arguments following: %s": "a value is missing after the option %s",
  "Not enough non-option arguments: got %s, need at least %s": { one: missing, other: missing },
};

function wayOut(fault: string, words: readonly string[], command: CommandData | undefined): string {
  if (command === undefined) return "see `steward --help`";
  const help = `see \`steward ${command.name} --help\``;
  if (!fault.startsWith("not understood")) return help;
  const meant = meantOption(words, command);
  if (meant !== undefined) return `did you mean --${meant}? ${help}`;
  const takesData = command.positionals?.some(({ variadic }) => variadic === true) === true;
  return help + (takesData ? "; data that begins with - goes after --" : "");
}

/** The option that the first unknown one among the words resembles. */
function meantOption(words: readonly string[], command: CommandData): string | undefined {
  const known = Object.keys(optionsOf(command));
  for (const word of words) {
    if (word === "--") break;
    const [, dashes = "", name = ""] = /^(-*)([^=]*)/.exec(word) ?? [];
    // Short ones with a single dash, such as -la, are rather data.
    const isMistyped = dashes === "--" ? !known.includes(name) : dashes === "-" && name.length > 3;
    const meant = isMistyped ? closest(name, known) : undefined;
    if (meant !== undefined) return meant;
  }
  return undefined;
}

/** Not left to yargs, which knows no way out. */
function assertChosenFrom({ command, parsed }: Parsed): void {
  const options = Object.entries(optionsOf(command)).map(
    ([name, { choices }]) => [name, `--${name} `, choices] as const,
  );
  const positionals = (command.positionals ?? []).map(({ name, choices }) => [name, "", choices] as const);
  for (const [name, label, choices] of [...positionals, ...options]) {
    const words = [parsed[name] ?? []].flat().flatMap((value) => String(value).split(","));
    const wrong = words.find((word) => choices?.includes(word) === false);
    if (wrong === undefined || choices === undefined) continue;
    const meant = closest(wrong, choices);
    const hint = meant === undefined ? "" : `did you mean ${meant}? `;
    const fault = `${label}"${wrong}" is none of ${choices.join(", ")}`;
    throw new StewardError("usage", `${fault}; ${hint}see \`steward ${command.name} --help\``);
  }
}

function assertNoContrary({ command, parsed }: Parsed): void {
  for (const [name, { excludes }] of Object.entries(command.options ?? {})) {
    if (excludes === undefined || parsed[name] === undefined || parsed[excludes] === undefined) continue;
    throw new StewardError("usage", `--${name} and --${excludes} say the contrary, so leave out one of them`);
  }
}

function optionsOf({ options }: CommandData): Readonly<Record<string, Option>> {
  return { ...globalOptions, ...options };
}

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

/** Hidden, because yargs renders the help of every command line, asked for or not: with nothing in it that is cheap. */
function toYargs(options: Readonly<Record<string, Option>>): Record<string, Options> {
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

import yargs, { type Argv, type Options } from "yargs";
import { StewardError } from "../protocol/errors.ts";
import { version } from "../protocol/version.ts";
import type { Arguments, Command, Option } from "./command.ts";
import { commands } from "./commands/index.ts";
import { withEnvironment } from "./environment.ts";
import { exitCodes } from "./exit-codes.ts";
import { globalOptions } from "./global-options.ts";

/**
 * Parses a command line and runs its command; the only file that knows yargs. Resolves to the exit code.
 * @throws StewardError usage for a command line that is not understood, and what the command throws
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const words = argv[0] === "help" ? [...argv.slice(1), "--help"] : [...argv];
  const loaded = await load(words[0]);
  const help = wantsHelp(words);
  const parser = createParser(words, loaded, help);
  let chosen: { command: Command; parsed: Arguments } | undefined;
  for (const command of loaded) addCommand(parser, command, help, (parsed) => (chosen = { command, parsed }));
  if (words.length === 0) {
    parser.showHelp("error");
    return exitCodes.usage;
  }
  parser.parseSync();
  if (chosen === undefined) return exitCodes.succeeded; // yargs has shown the help or the version.
  const { command, parsed } = chosen;
  return command.run(withEnvironment(parsed, { ...globalOptions, ...command.options }, process.env));
}

/** The command that is named; all of them when none is, for the help and for a name that resembles. */
async function load(name: string | undefined): Promise<Command[]> {
  const named = name !== undefined && Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
  return Promise.all(named.flatMap((one) => (one === undefined ? [] : [one()])));
}

/** Help is switched on only where it is asked for: yargs would take a last word `help` for it too, which may be data. */
function wantsHelp(words: readonly string[]): boolean {
  const dashes = words.indexOf("--");
  const before = dashes < 0 ? words : words.slice(0, dashes);
  return words.length === 0 || before.includes("--help") || before.includes("-h");
}

function createParser(words: readonly string[], loaded: readonly Command[], help: boolean): Argv {
  return yargs([...words])
    .scriptName("steward")
    .usage("$0 <command>\n\nDurable, ordered commands and events for a fleet of nodes, on NATS JetStream.")
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
    .options(toYargs(globalOptions, "Global options:", help))
    .help(help)
    .alias("help", "h")
    .version("version", "show Steward's version", version)
    .alias("version", "V")
    .group(["help", "version"], "Global options:")
    .strict()
    .demandCommand(1, "name a command")
    .recommendCommands()
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      const fault = (message ?? error?.message ?? "").replaceAll(/\s+/g, " ");
      throw new StewardError("usage", `${fault}; ${wayOut(fault, loaded)}`);
    });
}

const notUnderstood = "not understood: %s";
const missing = "an argument is missing (%s given, %s needed)";

/** What yargs says, in the words of the other messages. */
const strings = {
  "Show help": "show this help",
  "Unknown argument: %s": { one: notUnderstood, other: notUnderstood },
  "Not enough arguments following: %s": "a value is missing after the option %s",
  "Not enough non-option arguments: got %s, need at least %s": { one: missing, other: missing },
  "Invalid values:": "bad value:",
  "Argument: %s, Given: %s, Choices: %s": "--%s cannot be %s, only one of %s",
  "Did you mean %s?": "there is no such command, perhaps you mean `steward %s`",
};

function wayOut(fault: string, loaded: readonly Command[]): string {
  const [only, another] = loaded;
  if (only === undefined || another !== undefined) return "see `steward --help`";
  const takesData = only.positionals?.some(({ variadic }) => variadic === true) === true;
  const hint = takesData && fault.startsWith("not understood") ? "; data that begins with - goes after --" : "";
  return `see \`steward ${only.name} --help\`${hint}`;
}

function addCommand(parser: Argv, command: Command, help: boolean, choose: (parsed: Arguments) => void): void {
  const positionals = (command.positionals ?? []).map(({ name, required, variadic }) => {
    const inner = variadic === true ? `${name}..` : name;
    return required === true ? `<${inner}>` : `[${inner}]`;
  });
  parser.command(
    [command.name, ...positionals].join(" "),
    command.describe,
    (own) => {
      for (const { name, describe, variadic } of command.positionals ?? []) {
        const shown = variadic === true ? { defaultDescription: "none" } : {};
        own.positional(name, { describe, type: "string", ...shown });
      }
      for (const [example, what] of command.examples ?? []) own.example(example, what);
      return own.options(toYargs(command.options ?? {}, "Options:", help));
    },
    (parsed) => choose(parsed as Arguments),
  );
}

/** `shown`: yargs renders the help of every command line, asked for or not; with no options in it that costs nothing. */
function toYargs(options: Readonly<Record<string, Option>>, group: string, shown: boolean): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, describe, alias, choices }]) => [
      name,
      {
        describe,
        group,
        ...(type === "strings" ? { type: "string", array: true, nargs: 1 } : { type }),
        ...(type === "string" || type === "number" ? { requiresArg: true } : {}),
        ...(alias === undefined ? {} : { alias }),
        ...(choices === undefined ? {} : { choices }),
        hidden: !shown,
      },
    ]),
  );
}

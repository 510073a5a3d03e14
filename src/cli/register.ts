import yargs, { type Argv, type Options } from "yargs";
import { StewardError } from "../protocol/errors.ts";
import type { Arguments, Command, Option } from "./command.ts";
import { commands } from "./commands/index.ts";
import { withEnvironment } from "./environment.ts";
import { globalOptions } from "./global-options.ts";

/**
 * Parses a command line and runs its command; the only file that knows yargs. Resolves to the exit code.
 * @throws StewardError usage for a command line that is not understood
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const names = commands[argv[0] ?? ""] === undefined ? Object.keys(commands) : [argv[0] ?? ""];
  const loaded = await Promise.all(names.map(async (name) => commands[name]?.()));
  let exitCode = 0;
  const parser = yargs([...argv])
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
    .options(toYargs(globalOptions))
    .version(false)
    .strict()
    .demandCommand(1, "name a command")
    .recommendCommands()
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new StewardError("usage", `${message ?? "not understood"}; see \`${helpFor(argv)}\``);
    });
  for (const command of loaded) {
    if (command === undefined) continue;
    register(parser, command, async (args) => {
      exitCode = await command.run(args);
    });
  }
  await parser.parseAsync();
  return exitCode;
}

function register(parser: Argv, command: Command, run: (args: Arguments) => Promise<void>): void {
  const positionals = (command.positionals ?? []).map(({ name, required, variadic }) => {
    const inner = variadic === true ? `${name}..` : name;
    return required === true ? `<${inner}>` : `[${inner}]`;
  });
  parser.command(
    [command.name, ...positionals].join(" "),
    command.describe,
    (own) => {
      for (const { name, describe } of command.positionals ?? []) own.positional(name, { describe, type: "string" });
      for (const [example, what] of command.examples ?? []) own.example(example, what);
      return own.options(toYargs(command.options ?? {}));
    },
    async (parsed) => run(withEnvironment(parsed as Arguments, { ...globalOptions, ...command.options }, process.env)),
  );
}

function toYargs(options: Readonly<Record<string, Option>>): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, describe, alias, choices, hidden }]) => [
      name,
      {
        describe,
        ...(type === "strings" ? { type: "string", array: true, nargs: 1 } : { type }),
        ...(type === "string" || type === "number" ? { requiresArg: true } : {}),
        ...(alias === undefined ? {} : { alias }),
        ...(choices === undefined ? {} : { choices }),
        ...(hidden === undefined ? {} : { hidden }),
      },
    ]),
  );
}

function helpFor([first]: readonly string[]): string {
  return first !== undefined && commands[first] !== undefined ? `steward ${first} --help` : "steward --help";
}

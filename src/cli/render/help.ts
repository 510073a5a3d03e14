import { commandGroups, type CommandData, type Option, type Positional } from "../command.ts";
import { globalOptions } from "../global-options.ts";
import { wrap } from "./wrap.ts";

/** The options that are answered before a command is loaded. */
const answered: Readonly<Record<string, Option>> = {
  help: { type: "boolean", alias: "h", describe: "show this help" },
  version: { type: "boolean", alias: "V", describe: "show Steward's version" },
};

/** The commands in their groups, and the global options. */
export function overview(commands: readonly CommandData[]): string {
  const name = longest(commands.map((command) => command.name));
  const groups = commandGroups.flatMap((group) => {
    const members = commands.filter((command) => command.group === group);
    const rows = members.map((command): Row => [command.name.padEnd(name), command.describe]);
    return rows.length === 0 ? [] : [section(`${capital(group)}:`, rows)];
  });
  return [
    "steward <command>",
    "Durable, ordered commands and events for a fleet of nodes, on NATS JetStream.",
    ...groups,
    section("Global options:", optionRows({ ...globalOptions, ...answered })),
    "`steward help <command>` shows the options and examples of a command.",
  ].join("\n\n");
}

/** The help of one command. Each example has its own line, so that it can be copied. */
export function commandHelp(command: CommandData): string {
  const { positionals = [], options = {}, examples } = command;
  return [
    usageLine(command),
    wrap(command.describe, 0),
    `Impact: ${impactText(command)}`,
    ...(positionals.length === 0 ? [] : [section("Arguments:", positionals.map(positionalRow))]),
    ...(Object.keys(options).length === 0 ? [] : [section("Options:", optionRows(options))]),
    ["Examples:", ...examples.map(([line, what]) => `  ${line}\n${wrap(what, 6)}`)].join("\n"),
    section("Global options:", optionRows({ ...globalOptions, ...answered })),
  ].join("\n\n");
}

/** The usage of a command, such as `steward send [nodes] [subject] [data..]`. */
export function usageLine({ name, positionals = [] }: CommandData): string {
  const words = positionals.map(({ name: word, required, variadic }) => {
    const inner = variadic === true ? `${word}..` : word;
    return required === true ? `<${inner}>` : `[${inner}]`;
  });
  return ["steward", name, ...words].join(" ");
}

/** A text that says if a command changes anything. */
export function impactText({ impact, onlyReadsWhen }: CommandData): string {
  if (impact === "reads") return "only reads";
  return onlyReadsWhen === undefined ? "writes" : `writes; only reads ${onlyReadsWhen}`;
}

/** An option in the help, such as `--timeout <duration>`. */
function optionLabel(name: string, option: Option): string {
  return option.type === "boolean" ? `--${name}` : `--${name} <${valueName(option)}>`;
}

/** The name of the value of an option, for the help. */
export function valueName({ value, completes, choices, type }: Option): string {
  return value ?? completes ?? (choices !== undefined ? "choice" : type === "number" ? "number" : "text");
}

/** A description with the choices of the option, unless the description contains the choices already. */
export function describeChoices({ describe, choices = [] }: Pick<Option, "describe" | "choices">): string {
  return choices.every((choice) => describe.includes(choice)) ? describe : `${describe} (${choices.join(", ")})`;
}

type Row = readonly [label: string, describe: string];

function positionalRow(positional: Positional): Row {
  return [positional.name, describeChoices(positional)];
}

function optionRows(options: Readonly<Record<string, Option>>): Row[] {
  return Object.entries(options).map(([name, option]) => [
    `${option.alias === undefined ? "   " : `-${option.alias},`} ${optionLabel(name, option)}`,
    describeChoices(option),
  ]);
}

/** A section in two columns. A label that is too long for its column gets its own line. */
function section(title: string, rows: readonly Row[]): string {
  const column = Math.min(longest(rows.map(([label]) => label)), 28) + 4;
  const lines = rows.map(([label, describe]) => {
    const text = wrap(describe, column);
    return label.length + 4 > column ? `  ${label}\n${text}` : `  ${label}`.padEnd(column) + text.trimStart();
  });
  return [title, ...lines].join("\n");
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

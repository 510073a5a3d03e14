import { errorMeanings } from "../../protocol/errors.ts";
import { version } from "../../protocol/version.ts";
import { commandGroups, type CommandData, type Option, type Positional } from "../command.ts";
import { variableOf } from "../../config/environment.ts";
import { exitCodeMeanings, exitCodes } from "../exit-codes.ts";
import { globalOptions } from "../global-options.ts";
import { describeChoices, impactText, valueName } from "../render/help.ts";
import { bold, entry, italic, prose, section } from "./roff.ts";

/** The man page of all commands, in roff. The build writes the page from the data of the commands. */
export function manPage(commands: readonly CommandData[]): string {
  const page = [
    `.TH STEWARD 1 "" "Steward ${version}" "User Commands"`,
    ...section("Name", prose("steward - durable, ordered commands and events for a fleet of nodes")),
    ...section("Synopsis", `${bold("steward")} ${italic("command")} [${italic("argument")}...]`),
    ...section("Description", ...description),
    ...section("Commands", ...commandGroups.flatMap((group) => groupOf(group, commands))),
    ...section("Global options", ...Object.entries(globalOptions).flatMap(optionEntry), ...answered),
    ...section("Exit status", ...exitStatus()),
    ...section("Diagnostics", ...diagnostics()),
    ...section("Environment", ...environment),
    ...section("Files", ...files),
    ...section("Examples", ...commands.flatMap(({ examples }) => examples.flatMap(exampleOf)).slice(1)),
  ];
  return `${page.join("\n")}\n`;
}

const description = [
  prose(
    "Steward sends commands and events to a fleet of machines over NATS JetStream. A message waits in the broker until " +
      "its node has processed it, even if the link is down for days. Each node runs its messages in order, and answers " +
      "each with an ACK: the outcome and the output.",
  ),
  ".PP",
  prose("`steward help` shows the commands, and `steward help` with the name of one shows its options and examples."),
];

const answered = [
  ...entry(`${bold("-h")}, ${bold("--help")}`, "show the options and examples of a command"),
  ...entry(`${bold("-V")}, ${bold("--version")}`, "show Steward's version"),
];

const environment = [
  ...entry(
    bold(variableOf("server")),
    "The value of `--server` if it is not given. Other options have variables of the same form.",
  ),
  ...entry(bold("NATS_URL"), `The broker's URL if ${variableOf("server")} is not set either.`),
  ...entry(bold("NATS_CONTEXT"), `The context of the nats CLI if ${variableOf("context")} is not set either.`),
];

const files = [
  ...entry(
    italic("~/.config/steward/steward.yaml, /etc/steward/steward.yaml"),
    "The configuration: the first of these files that exists, unless `--config` or XDG_CONFIG_HOME names another.",
  ),
  ...entry(
    italic("~/.config/nats/context/"),
    "The contexts of the nats CLI. The selected one is used if no broker is named.",
  ),
  ...entry(
    italic("~/.local/state/steward/nodes/<name>/"),
    "The data folder of a node with its inbox `inmsg.txt` and `log/`, unless `--data-dir` or XDG_STATE_HOME names another.",
  ),
  ...entry(
    italic("~/.local/state/steward/broker/"),
    "The streams of `steward broker`, unless `--store-dir` names another folder.",
  ),
  ...entry(
    italic("~/.cache/steward/"),
    "The nats-server that `steward broker` fetched, unless XDG_CACHE_HOME names another folder.",
  ),
];

function groupOf(group: string, commands: readonly CommandData[]): string[] {
  return commands.filter((command) => command.group === group).flatMap(commandEntry);
}

function commandEntry(command: CommandData): string[] {
  const { name, describe, positionals = [], options = {} } = command;
  return [
    `.SS ${[bold(`steward ${name}`), ...positionals.map(positionalLabel)].join(" ")}`,
    prose(describe),
    ".PP",
    prose(`Impact: ${impactText(command)}`),
    ...positionals.flatMap((one) => entry(italic(one.name), describeChoices(one))),
    ...Object.entries(options).flatMap(optionEntry),
  ];
}

function positionalLabel({ name, required, variadic }: Positional): string {
  const label = italic(name) + (variadic === true ? "..." : "");
  return required === true ? label : `[${label}]`;
}

function optionEntry([name, option]: readonly [string, Option]): string[] {
  const short = option.alias === undefined ? "" : `${bold(`-${option.alias}`)}, `;
  const value = option.type === "boolean" ? "" : ` ${italic(valueName(option))}`;
  return entry(short + bold(`--${name}`) + value, describeChoices(option));
}

function exitStatus(): string[] {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  return names.flatMap((name) => entry(bold(String(exitCodes[name])), exitCodeMeanings[name]));
}

/** The section about the codes at the end of error messages. */
function diagnostics(): string[] {
  return [
    prose("An error message ends with one of these codes; docs/errors.md in the package says what to do about each."),
    ...Object.entries(errorMeanings).flatMap(([code, meaning]) => entry(bold(code), meaning)),
  ];
}

function exampleOf([line, what]: readonly [string, string]): string[] {
  return [
    ".PP",
    prose(`${what.slice(0, 1).toUpperCase()}${what.slice(1)}:`),
    ".PP",
    ".RS 4",
    ".nf",
    bold(line),
    ".fi",
    ".RE",
  ];
}

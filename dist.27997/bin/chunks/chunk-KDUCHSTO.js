const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  reference
} from "./chunk-7XLYUIGC.js";
import {
  globalOptions
} from "./chunk-K3MUEMUZ.js";
import {
  version
} from "./chunk-RQDZDKP5.js";
import {
  closest
} from "./chunk-EUBKYWQP.js";
import {
  exitCodes
} from "./chunk-P6SB6KP3.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/cli/command.ts
var commandGroups = [
  "send and wait",
  "look",
  "act",
  "run",
  "set up"
];
function impactOf({ impact, onlyReads }, args) {
  return onlyReads?.(args) === true ? "reads" : impact;
}

// src/cli/render/wrap.ts
var helpWidth = 80;
function wrap(text, indent) {
  const margin = " ".repeat(indent);
  const lines = [margin];
  for (const word of text.split(/ +/)) {
    const line = lines.at(-1) ?? margin;
    if (line === margin) lines[lines.length - 1] = margin + word;
    else if (line.length + 1 + word.length <= helpWidth) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(margin + word);
  }
  return lines.join("\n");
}

// src/cli/render/help.ts
var answered = {
  help: { type: "boolean", alias: "h", describe: "show this help" },
  version: { type: "boolean", alias: "V", describe: "show Steward's version" }
};
function overview(commands) {
  const name = longest(commands.map((command) => command.name));
  const groups = commandGroups.flatMap((group) => {
    const members = commands.filter((command) => command.group === group);
    const rows = members.map((command) => [command.name.padEnd(name), command.describe]);
    return rows.length === 0 ? [] : [section(`${capital(group)}:`, rows)];
  });
  return [
    "steward <command>",
    "Durable, ordered commands and events for a fleet of nodes, on NATS JetStream.",
    ...groups,
    section("Global options:", optionRows({ ...globalOptions, ...answered })),
    "`steward help <command>` shows the options and examples of a command."
  ].join("\n\n");
}
function commandHelp(command) {
  const { positionals = [], options = {}, examples } = command;
  return [
    usageLine(command),
    wrap(command.describe, 0),
    `Impact: ${impactText(command)}`,
    ...positionals.length === 0 ? [] : [section("Arguments:", positionals.map(positionalRow))],
    ...Object.keys(options).length === 0 ? [] : [section("Options:", optionRows(options))],
    ["Examples:", ...examples.map(([line, what]) => `  ${line}
${wrap(what, 6)}`)].join("\n"),
    section("Global options:", optionRows({ ...globalOptions, ...answered }))
  ].join("\n\n");
}
function usageLine({ name, positionals = [] }) {
  const words = positionals.map(({ name: word, required, variadic }) => {
    const inner = variadic === true ? `${word}..` : word;
    return required === true ? `<${inner}>` : `[${inner}]`;
  });
  return ["steward", name, ...words].join(" ");
}
function impactText({ impact, onlyReadsWhen }) {
  if (impact === "reads") return "only reads";
  return onlyReadsWhen === void 0 ? "writes" : `writes; only reads ${onlyReadsWhen}`;
}
function optionLabel(name, option) {
  return option.type === "boolean" ? `--${name}` : `--${name} <${valueName(option)}>`;
}
function valueName({ value, completes, choices, type }) {
  return value ?? completes ?? (choices !== void 0 ? "choice" : type === "number" ? "number" : "text");
}
function describeChoices({ describe, choices = [] }) {
  return choices.every((choice) => describe.includes(choice)) ? describe : `${describe} (${choices.join(", ")})`;
}
function positionalRow(positional) {
  return [positional.name, describeChoices(positional)];
}
function optionRows(options) {
  return Object.entries(options).map(([name, option]) => [
    `${option.alias === void 0 ? "   " : `-${option.alias},`} ${optionLabel(name, option)}`,
    describeChoices(option)
  ]);
}
function section(title, rows) {
  const column = Math.min(longest(rows.map(([label]) => label)), 28) + 4;
  const lines = rows.map(([label, describe]) => {
    const text = wrap(describe, column);
    return label.length + 4 > column ? `  ${label}
${text}` : `  ${label}`.padEnd(column) + text.trimStart();
  });
  return [title, ...lines].join("\n");
}
function longest(texts) {
  return Math.max(0, ...texts.map((text) => text.length));
}
function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

// src/cli/help.ts
function answer(argv) {
  if (argv.length === 0) return { stream: "stderr", text: overview(reference), code: exitCodes.usage };
  const words = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  const dashes = words.indexOf("--");
  const before = dashes < 0 ? words : words.slice(0, dashes);
  const asks = (...flags) => flags.some((flag) => before.includes(flag));
  const said = (text) => ({ stream: "stdout", text, code: exitCodes.succeeded });
  if (asks("--version", "-V")) return said(version);
  if (!asks("--help", "-h")) return void 0;
  const [first = ""] = before;
  if (!first.startsWith("-") && !reference.some(({ name }) => name === first)) throw unknownCommand(first);
  const named = before.find((word) => reference.some(({ name }) => name === word));
  const command = reference.find(({ name }) => name === named);
  return said(command === void 0 ? overview(reference) : commandHelp(command));
}
function unknownCommand(word) {
  const meant = closest(
    word,
    reference.map(({ name }) => name)
  );
  const hint = meant === void 0 ? "" : `did you mean \`steward ${meant}\`? `;
  return new StewardError("usage", `unknown command: ${word}; ${hint}see \`steward --help\``);
}

export {
  impactOf,
  usageLine,
  answer,
  unknownCommand
};

const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  reference
} from "./chunk-7XLYUIGC.js";
import {
  globalOptions
} from "./chunk-K3MUEMUZ.js";
import {
  contextNames
} from "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-T43TWJCU.js";
import "./chunk-NGO76LME.js";
import {
  printTabbed
} from "./chunk-VLDOLLNL.js";
import "./chunk-CFOZLGDG.js";
import "./chunk-VKEXPMYZ.js";
import "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/cli/complete/complete.ts
import { setTimeout as delay } from "node:timers/promises";

// src/cli/complete/line.ts
import { homedir } from "node:os";
var aCommand = { completes: "command" };
var help = {
  name: "help",
  group: "look",
  impact: "reads",
  describe: "show the options and examples of a command",
  positionals: [{ name: "command", describe: "the command", completes: "command" }],
  examples: []
};
function typeable(commands) {
  return [...commands, help];
}
function readLine(words, commands) {
  const last = words.at(-1) ?? "";
  const args = {};
  let command;
  let open;
  let position = 0;
  const lineAt = (place, head = "") => ({
    command,
    args,
    place,
    head,
    typed: last.slice(head.length)
  });
  for (const word of words.slice(0, -1)) {
    if (open !== void 0) {
      args[open.name] = valueOf(open, word, args);
      open = void 0;
    } else if (word === "--") {
      return lineAt({ kind: "nothing" });
    } else if (isOption(word) && word !== "-") {
      const { label, value } = splitOption(word);
      const option = optionNamed(label, command);
      if (option?.type === "boolean") args[option.name] = true;
      else if (option !== void 0 && value !== void 0) args[option.name] = valueOf(option, value, args);
      else open = option;
    } else if (command === void 0) {
      command = commands.find(({ name }) => name === word);
      if (command === void 0) return lineAt({ kind: "nothing" });
    } else {
      const positional2 = positionalAt(command, position);
      if (positional2 !== void 0) args[positional2.name] = word;
      position += 1;
    }
  }
  if (open !== void 0) return lineAt({ kind: "value", of: open });
  if (isOption(last)) {
    const { label, value } = splitOption(last);
    const option = optionNamed(label, command);
    if (value === void 0) return lineAt({ kind: "option" });
    return lineAt(option === void 0 ? { kind: "nothing" } : { kind: "value", of: option }, `${label}=`);
  }
  if (command === void 0) return lineAt({ kind: "value", of: aCommand });
  const positional = positionalAt(command, position);
  return lineAt(positional === void 0 ? { kind: "option" } : { kind: "value", of: positional });
}
function isOption(word) {
  return word.startsWith("-");
}
function splitOption(word) {
  const at = word.indexOf("=");
  return at < 0 ? { label: word, value: void 0 } : { label: word.slice(0, at), value: word.slice(at + 1) };
}
function optionNamed(label, command) {
  const options = Object.entries({ ...globalOptions, ...command?.options });
  const found = options.find(([name, { alias }]) => label === `--${name}` || label === `-${alias}`);
  return found === void 0 ? void 0 : { name: found[0], ...found[1] };
}
function positionalAt({ positionals = [] }, position) {
  const last = positionals.at(-1);
  return positionals[position] ?? (last?.variadic === true ? last : void 0);
}
function valueOf({ name, type }, word, args) {
  const value = word.replace(/^~(?=\/)/, homedir());
  const before = args[name];
  return type === "strings" ? [...Array.isArray(before) ? before.map(String) : [], value] : value;
}

// src/cli/complete/candidates.ts
async function findCandidates(line, commands, add) {
  const { place } = line;
  if (place.kind === "nothing") return;
  if (place.kind === "option") return add(optionCandidates(line));
  const { choices, completes } = place.of;
  if (choices !== void 0) return add(choices.map((value) => ({ value })));
  if (completes === void 0 || isOfShell(completes)) return;
  if (completes === "command") return add(typeable(commands).map(({ name, describe }) => ({ value: name, describe })));
  if (completes === "context") return add((await contextNames(process.env)).map((value) => ({ value })));
  const { fromFleet } = await import("./fleet-XWMETARX.js");
  await fromFleet(completes, line, add);
}
function isOfShell(completes) {
  return completes === "file" || completes === "folder";
}
function optionCandidates({ command, args }) {
  const help2 = { type: "boolean", describe: "show the options and examples" };
  const options = Object.entries({ ...command?.options, ...globalOptions, help: help2 });
  return options.filter(([name, { type }]) => args[name] === void 0 || type === "strings").map(([name, { describe }]) => ({ value: `--${name}`, describe }));
}

// src/cli/complete/complete.ts
var lifetime = 1e3;
async function complete(argv) {
  const line = readLine(argv.slice(argv.indexOf("--") + 1), typeable(reference));
  const found = /* @__PURE__ */ new Map();
  const add = (candidates) => {
    for (const candidate of candidates) if (!found.has(candidate.value)) found.set(candidate.value, candidate);
  };
  for (const event of ["unhandledRejection", "uncaughtException"]) process.on(event, () => {
  });
  const late = delay(Math.max(0, lifetime - performance.now()));
  await Promise.race([late, findCandidates(line, reference, add).catch(() => {
  })]);
  printTabbed(render(line, [...found.values()]));
}
function render({ place, head, typed }, found) {
  const completes = place.kind === "value" ? place.of.completes : void 0;
  if (completes !== void 0 && isOfShell(completes)) return [[`:${completes}`]];
  return found.filter(({ value }) => value.startsWith(typed)).toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0)).map(({ value, describe }) => [`${head}${value}`, ...describe === void 0 ? [] : [describe]]);
}
export {
  complete
};

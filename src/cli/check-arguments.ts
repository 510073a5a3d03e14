import { StewardError } from "../protocol/errors.ts";
import { closest } from "../util/closest.ts";
import type { Arguments, CommandData, Positional } from "./command.ts";
import { allOptionsOf } from "./global-options.ts";

/**
 * Checks the typed words against the command's options and positionals, so that the values have their types. Yargs does
 * not check the words, because the errors of yargs do not say what the user has to do.
 * @throws StewardError usage
 */
export function checkArguments(command: CommandData, args: Arguments): void {
  assertGivenOnce(command, args);
  assertChosenFrom(command, args);
  assertWholeNumbers(command, args);
  assertNoContrary(command, args);
}

function assertGivenOnce(command: CommandData, args: Arguments): void {
  const several = Object.entries(allOptionsOf(command)).filter(([, { type }]) => type === "strings");
  const variadic = positionalsOf(command).filter((one) => one.variadic === true);
  const repeatable = ["--", "_", ...several.map(([name]) => name), ...variadic.map(({ name }) => name)];
  const repeated = Object.keys(args).find((name) => Array.isArray(args[name]) && !repeatable.includes(name));
  if (repeated !== undefined) throw new StewardError("usage", `--${repeated} may be given only once`);
}

/**
 * Checks the values of options with fixed choices. If an option may be given several times, one value may contain
 * several choices, separated by commas.
 */
function assertChosenFrom(command: CommandData, args: Arguments): void {
  const options = Object.entries(allOptionsOf(command)).map(([name, { type, choices }]) => {
    return { name, label: `--${name} `, choices, isList: type === "strings" };
  });
  const positionals = positionalsOf(command).map(({ name, choices }) => ({ name, label: "", choices, isList: false }));
  for (const { name, label, choices, isList } of [...positionals, ...options]) {
    const values = [args[name] ?? []].flat().map(String);
    const words = isList ? values.flatMap((value) => value.split(",")) : values;
    const wrong = words.find((word) => choices?.includes(word) === false);
    if (wrong === undefined || choices === undefined) continue;
    const meant = closest(wrong, choices);
    const hint = meant === undefined ? "" : `did you mean ${meant}? `;
    const fault = `${label}"${wrong}" is not one of ${choices.join(", ")}`;
    throw new StewardError("usage", `${fault}; ${hint}see \`steward ${command.name} --help\``);
  }
}

/**
 * Checks the numbers that only the command line can set. Options that a variable or a file may set too are checked
 * elsewhere, for all sources in the same way.
 */
function assertWholeNumbers(command: CommandData, args: Arguments): void {
  for (const [name, { type, bound }] of Object.entries(command.options ?? {})) {
    const value = args[name];
    if (type !== "number" || bound !== undefined || value === undefined) continue;
    if (Number.isSafeInteger(value) && Number(value) >= 0) continue;
    throw new StewardError("usage", `--${name} must be a whole number, 0 or more`);
  }
}

function assertNoContrary(command: CommandData, args: Arguments): void {
  for (const [name, { excludes }] of Object.entries(command.options ?? {})) {
    if (excludes === undefined || args[name] === undefined || args[excludes] === undefined) continue;
    throw new StewardError("usage", `--${name} and --${excludes} exclude each other; leave out one of them`);
  }
}

function positionalsOf({ positionals = [] }: CommandData): readonly Positional[] {
  return positionals;
}

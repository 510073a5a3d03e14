import { StewardError } from "../protocol/errors.ts";
import type { Arguments, Option } from "./command.ts";

/**
 * Fills in from the environment what the command line left out: `--log-level` is also `STEWARD_LOG_LEVEL`, and so on;
 * the broker's address is also `NATS_URL`, as for the `nats` CLI. An empty variable counts as none.
 * @throws StewardError badSettings
 */
export function withEnvironment(
  args: Arguments,
  options: Readonly<Record<string, Option>>,
  env: NodeJS.ProcessEnv,
): Arguments {
  const filled: Record<string, Arguments[string]> = { ...args };
  for (const [name, option] of Object.entries(options)) {
    const variable = variableOf(name);
    const text = env[variable] || (name === "server" ? env["NATS_URL"] : undefined);
    if (filled[name] === undefined && text) filled[name] = read(text, option, variable);
  }
  return filled;
}

/** The variable that stands for an option. */
export function variableOf(name: string): string {
  return `STEWARD_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** Fills in what is left out still from a configuration file, in which `log-level` is called `logLevel`. */
export function withFile(args: Arguments, options: Readonly<Record<string, Arguments[string]>>): Arguments {
  const filled: Record<string, Arguments[string]> = { ...args };
  for (const [key, value] of Object.entries(options)) {
    filled[key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)] ??= value;
  }
  return filled;
}

function read(text: string, { type, choices }: Option, variable: string): Arguments[string] {
  if (type === "boolean") return readFlag(text, variable);
  if (type === "strings") return text.split(",");
  if (type === "number" && !Number.isFinite(Number(text))) {
    throw new StewardError("badSettings", `${variable} must be a number, not "${text}"`);
  }
  if (choices !== undefined && !choices.includes(text)) {
    throw new StewardError("badSettings", `${variable} must be one of ${choices.join(", ")}, not "${text}"`);
  }
  return type === "number" ? Number(text) : text;
}

function readFlag(text: string, variable: string): boolean {
  if (["1", "true"].includes(text)) return true;
  if (["0", "false"].includes(text)) return false;
  throw new StewardError("badSettings", `${variable} must be true or false, not "${text}"`);
}

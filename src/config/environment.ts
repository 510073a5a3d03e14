import { StewardError } from "../protocol/errors.ts";
import { assertTextVariable } from "./argument-bytes.ts";
import type { Layer, Values } from "./layers.ts";
import type { Setting } from "./options.ts";

/** The properties that decide how a text is read as a value. */
type Readable = Pick<Setting, "type" | "choices">;

/** The variables of the `nats` CLI that Steward reads too. Steward's own variables have precedence. */
const alsoOf: Readonly<Record<string, string>> = { server: "NATS_URL", context: "NATS_CONTEXT" };

/**
 * The options that environment variables set. For example, `STEWARD_LOG_LEVEL` sets `log-level`. Variables of the
 * `nats` CLI set `server` and `context` too. An empty variable counts as not set.
 * @throws StewardError badSettings
 */
export function environmentLayer(options: Readonly<Record<string, Readable>>, env: NodeJS.ProcessEnv): Layer {
  const values: Record<string, Values[string]> = {};
  const variables: Record<string, string> = {};
  for (const [name, option] of Object.entries(options)) {
    const variable = [variableOf(name), alsoOf[name] ?? ""].find((one) => env[one]);
    if (variable === undefined) continue;
    variables[name] = variable;
    assertTextVariable(variable, env[variable] ?? "");
    values[name] = read(env[variable] ?? "", option, variable);
  }
  return { values, originOf: (name) => ({ kind: "variable", name: variables[name] ?? "" }) };
}

/** The environment variable of an option. */
export function variableOf(name: string): string {
  return `STEWARD_${name.toUpperCase().replaceAll("-", "_")}`;
}

function read(text: string, { type, choices }: Readable, variable: string): Values[string] {
  if (type === "boolean") return readFlag(text, variable);
  if (type === "strings") return text.split(",");
  if (type === "number" && !/^-?\d+(?:\.\d+)?$/.test(text)) {
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

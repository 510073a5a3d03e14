import { StewardError } from "../protocol/errors.ts";
import { assertTextVariable } from "./argument-bytes.ts";
import type { Layer, Values } from "./layers.ts";
import type { Setting } from "./options.ts";

/** What an option's text is read as. */
type Readable = Pick<Setting, "type" | "choices">;

/** The variables by which the `nats` CLI takes them too; ours go before. */
const alsoOf: Readonly<Record<string, string>> = { server: "NATS_URL", context: "NATS_CONTEXT" };

/**
 * What the environment says of options: `log-level` is `STEWARD_LOG_LEVEL`, and so on; what leads to the broker
 * also has the variable of the `nats` CLI. An empty variable counts as none.
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

/** The variable that stands for an option. */
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

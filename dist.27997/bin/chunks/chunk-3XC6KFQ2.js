const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  configHome
} from "./chunk-Y6JR37Y7.js";
import {
  faultIn
} from "./chunk-T43TWJCU.js";
import {
  connectionOptions,
  optionOf
} from "./chunk-NGO76LME.js";
import {
  assertTextVariable
} from "./chunk-WV5YP3BK.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/config/layers.ts
function merge(layers) {
  const args = {};
  const origins = {};
  for (const { values, originOf } of layers) {
    const named = new Set(Object.keys(args).flatMap((name) => kindOf(name, args[name]) ?? []));
    for (const [name, value] of Object.entries(values)) {
      if (value === void 0 || args[name] !== void 0) continue;
      const kind = name === "server" ? void 0 : kindOf(name, value);
      if (kind !== void 0 && named.size > 0 && !named.has(kind)) continue;
      args[name] = value;
      origins[name] = originOf(name);
    }
  }
  return { args, origins };
}
var kinds = {
  creds: "creds",
  nkey: "nkey",
  token: "token",
  user: "user",
  password: "user"
};
function kindOf(name, value) {
  if (name === "server") return String(value).includes("@") ? "server" : void 0;
  return kinds[name];
}
function originText(origin) {
  if (origin === void 0) return "default";
  if (origin.kind === "flag") return "flag";
  if (origin.kind === "variable") return origin.name;
  return origin.kind === "file" ? origin.path : `context ${origin.name} (${origin.path})`;
}

// src/config/environment.ts
var alsoOf = { server: "NATS_URL", context: "NATS_CONTEXT" };
function environmentLayer(options, env) {
  const values = {};
  const variables = {};
  for (const [name, option] of Object.entries(options)) {
    const variable = [variableOf(name), alsoOf[name] ?? ""].find((one) => env[one]);
    if (variable === void 0) continue;
    variables[name] = variable;
    assertTextVariable(variable, env[variable] ?? "");
    values[name] = read(env[variable] ?? "", option, variable);
  }
  return { values, originOf: (name) => ({ kind: "variable", name: variables[name] ?? "" }) };
}
function variableOf(name) {
  return `STEWARD_${name.toUpperCase().replaceAll("-", "_")}`;
}
function read(text, { type, choices }, variable) {
  if (type === "boolean") return readFlag(text, variable);
  if (type === "strings") return text.split(",");
  if (type === "number" && !/^-?\d+(?:\.\d+)?$/.test(text)) {
    throw new StewardError("badSettings", `${variable} must be a number, not "${text}"`);
  }
  if (choices !== void 0 && !choices.includes(text)) {
    throw new StewardError("badSettings", `${variable} must be one of ${choices.join(", ")}, not "${text}"`);
  }
  return type === "number" ? Number(text) : text;
}
function readFlag(text, variable) {
  if (["1", "true"].includes(text)) return true;
  if (["0", "false"].includes(text)) return false;
  throw new StewardError("badSettings", `${variable} must be true or false, not "${text}"`);
}

// src/config/find-file.ts
import { access } from "node:fs/promises";
import { join } from "node:path";
function usualConfigFiles(env) {
  return [join(configHome(env), "steward", "steward.yaml"), "/etc/steward/steward.yaml"];
}
async function findConfigFile(env) {
  for (const path of usualConfigFiles(env)) if (await isThere(path)) return path;
  return void 0;
}
async function isThere(path) {
  try {
    await access(path);
    return true;
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes(error.code ?? "");
  }
}

// src/config/settings.ts
async function layeredSettings(given, sources) {
  const { options, env, mayBeElsewhere } = sources;
  const hasContext = given["context"] !== void 0;
  const ofEnvironment = Object.entries(options).filter(
    ([name]) => mayBeElsewhere(name) && (!hasContext || !(name in connectionOptions))
  );
  const upper = [
    { values: given, originOf: () => ({ kind: "flag" }) },
    environmentLayer(Object.fromEntries(ofEnvironment), env)
  ];
  const named = merge(upper);
  assertWithinBounds(named, sources);
  const path = named.args["config"]?.toString() ?? await findConfigFile(env);
  if (path === void 0) return { ...named, file: void 0 };
  const { ConfigFile } = await import("./config-file-4FNXXWPW.js");
  const file = await ConfigFile.open(path);
  const isHidden = (name) => named.args["context"] !== void 0 && name in connectionOptions;
  const isRead = (name) => name in options && mayBeElsewhere(name) && !isHidden(name);
  const values = Object.entries(file.current.options).map(([key, value]) => [optionOf(key), value]);
  const layer = {
    values: Object.fromEntries(values.filter(([name]) => isRead(name))),
    originOf: () => ({ kind: "file", path })
  };
  return { ...merge([...upper, layer]), file };
}
function assertWithinBounds({ args, origins }, { options, called }) {
  for (const [name, { bound }] of Object.entries(options)) {
    const value = args[name];
    if (bound === void 0 || value === void 0) continue;
    for (const one of [value].flat()) {
      const fault = faultIn(bound, one);
      if (fault === void 0) continue;
      const origin = origins[name];
      const shown = bound.kind === "secret" ? "" : ` ${String(one)}`;
      if (origin?.kind === "variable") throw new StewardError("badSettings", `${origin.name}${shown}: ${fault}`);
      throw new StewardError("usage", `${called(name)}${shown}: ${fault}`);
    }
  }
}

export {
  merge,
  originText,
  layeredSettings,
  assertWithinBounds
};

const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  closest
} from "./chunk-EUBKYWQP.js";
import {
  faultIn
} from "./chunk-T43TWJCU.js";
import {
  connectionOptions,
  usualServer
} from "./chunk-NGO76LME.js";
import {
  StewardError,
  messageOf
} from "./chunk-IH65MIS5.js";

// src/config/nats-context.ts
import { isUtf8 } from "node:buffer";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
var optionOf = {
  url: "server",
  user: "user",
  password: "password",
  token: "token",
  creds: "creds",
  nkey: "nkey",
  ca: "tls-ca",
  cert: "tls-cert",
  key: "tls-key"
};
var paths = ["creds", "nkey", "ca", "cert", "key"];
var unusable = [
  "nsc",
  "user_jwt",
  "user_seed",
  "socks_proxy",
  "jetstream_domain",
  "jetstream_api_prefix",
  "inbox_prefix",
  "windows_cert_store"
];
async function readContext(name, env) {
  const folder = folderOf(env);
  const known = await contextNames(env);
  if (!known.includes(name)) throw unknownContext(name, known, folder);
  const path = join(folder, `${name}.json`);
  const said = parse(await read(path), `the NATS context ${name} (${path})`);
  return {
    name,
    path,
    options: { ...optionsOf(said, name, env), ...said["tls_first"] === true && { "tls-first": true } }
  };
}
async function selectedContext(env) {
  const name = (await readFile(join(configHome(env), "nats", "context.txt"), "utf8").catch(() => "")).trim();
  if (name === "") return void 0;
  try {
    return await readContext(name, env);
  } catch (error) {
    if (!(error instanceof StewardError)) throw error;
    const wayOut = "it is the selected context: select another one with `nats context select`, or give the broker's address";
    throw new StewardError(error.code, `${error.message}; ${wayOut}`, { about: "server" });
  }
}
async function contextNames(env) {
  const files = await readdir(folderOf(env)).catch(() => []);
  return files.flatMap((file) => file.endsWith(".json") ? [file.slice(0, -".json".length)] : []).toSorted();
}
function configHome(env) {
  return env["XDG_CONFIG_HOME"] || join(homedir(), ".config");
}
function folderOf(env) {
  return join(configHome(env), "nats", "context");
}
function unknownContext(name, known, folder) {
  const near = closest(name, known);
  const perhaps = near === void 0 ? "" : `, perhaps you mean ${near}`;
  const there = known.length === 0 ? "there is none" : `there are ${known.join(", ")}`;
  return new StewardError("badSettings", `no NATS context "${name}" in ${folder}${perhaps}; ${there}`);
}
async function read(path) {
  return readFile(path).catch((error) => {
    throw new StewardError("fileUnreadable", `the NATS context ${path} cannot be read: ${messageOf(error)}`);
  });
}
function parse(bytes, what) {
  if (!isUtf8(bytes)) throw new StewardError("badSettings", `${what} is not UTF-8; save the file as UTF-8`);
  let said;
  try {
    said = JSON.parse(bytes.toString());
  } catch (error) {
    const why = messageOf(error).replace(/, (?:\.\.\.)?".*$/s, "");
    throw new StewardError("badSettings", `${what} is not valid JSON: ${why}`);
  }
  if (typeof said === "object" && said !== null && !Array.isArray(said)) return { ...said };
  throw new StewardError("badSettings", `${what} is not a JSON object`);
}
function optionsOf(said, name, env) {
  const cannot = unusable.filter((key) => said[key]);
  if (cannot.length > 0) throw cannotUse(name, `sets ${cannot.join(", ")}`);
  const options = { server: usualServer };
  for (const [key, option] of Object.entries(optionOf)) {
    const value = said[key];
    if (value === void 0 || value === "" || value === null) continue;
    if (typeof value !== "string")
      throw new StewardError("badSettings", `the NATS context ${name}: ${key} is not a text`);
    options[option] = paths.includes(key) ? pathOf(value, name, key, env) : value;
    const fault = faultIn(connectionOptions[option].bound, options[option]);
    if (fault !== void 0) throw new StewardError("badSettings", `the NATS context ${name}: ${key} ${fault}`);
  }
  return options;
}
function pathOf(value, name, key, env) {
  const path = value.replace(/^file:\/\//, "");
  const [, scheme] = /^([a-z]{2,}):/i.exec(path) ?? [];
  if (scheme !== void 0) throw cannotUse(name, `keeps its ${key} in ${scheme}:`);
  return path.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_all, braced, bare) => env[braced ?? bare ?? ""] ?? ""
  );
}
function cannotUse(name, what) {
  const wayOut = "give the broker and the credentials as options instead";
  return new StewardError("badSettings", `the NATS context ${name} ${what}, which Steward cannot use; ${wayOut}`);
}

export {
  readContext,
  selectedContext,
  contextNames,
  configHome
};

import { isUtf8 } from "node:buffer";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { closest } from "../util/closest.ts";
import { faultIn } from "./bounds.ts";
import { connectionOptions, usualServer } from "./options.ts";

/** A context of the `nats` CLI: the broker's address and the user's credentials. */
export interface NatsContext {
  readonly name: string;
  readonly path: string;
  /** The settings of the context, by Steward's option names. `server` is always set. */
  readonly options: Readonly<Record<string, string | boolean>>;
}

/** Steward's option for each key of a context. */
const optionOf = {
  url: "server",
  user: "user",
  password: "password",
  token: "token",
  creds: "creds",
  nkey: "nkey",
  ca: "tls-ca",
  cert: "tls-cert",
  key: "tls-key",
} as const;
const paths: readonly string[] = ["creds", "nkey", "ca", "cert", "key"] satisfies (keyof typeof optionOf)[];

/**
 * Keys for connections that Steward does not support. Without them, it could connect to another broker, or as another
 * user.
 */
const unusable = [
  "nsc",
  "user_jwt",
  "user_seed",
  "socks_proxy",
  "jetstream_domain",
  "jetstream_api_prefix",
  "inbox_prefix",
  "windows_cert_store",
];

/**
 * Reads a context of the `nats` CLI by its name.
 * @throws StewardError badSettings, fileUnreadable
 */
export async function readContext(name: string, env: NodeJS.ProcessEnv): Promise<NatsContext> {
  const folder = folderOf(env);
  const known = await contextNames(env);
  // The name must belong to an existing file of the folder, so that a path is refused.
  if (!known.includes(name)) throw unknownContext(name, known, folder);
  const path = join(folder, `${name}.json`);
  const said = parse(await read(path), `the NATS context ${name} (${path})`);
  return {
    name,
    path,
    options: { ...optionsOf(said, name, env), ...(said["tls_first"] === true && { "tls-first": true }) },
  };
}

/** The context that `nats context select` selected; undefined if no context is selected. */
export async function selectedContext(env: NodeJS.ProcessEnv): Promise<NatsContext | undefined> {
  const name = (await readFile(join(configHome(env), "nats", "context.txt"), "utf8").catch(() => "")).trim();
  if (name === "") return undefined;
  try {
    return await readContext(name, env);
  } catch (error) {
    if (!(error instanceof StewardError)) throw error;
    const wayOut =
      "it is the selected context: select another one with `nats context select`, or give the broker's address";
    throw new StewardError(error.code, `${error.message}; ${wayOut}`, { about: "server" });
  }
}

/** The names of all contexts, sorted. Empty when `nats` has no contexts. */
export async function contextNames(env: NodeJS.ProcessEnv): Promise<string[]> {
  const files = await readdir(folderOf(env)).catch(() => []);
  return files.flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -".json".length)] : [])).toSorted();
}

/** The folder of a user's configuration, which `nats` uses too. */
export function configHome(env: NodeJS.ProcessEnv): string {
  return env["XDG_CONFIG_HOME"] || join(homedir(), ".config");
}

function folderOf(env: NodeJS.ProcessEnv): string {
  return join(configHome(env), "nats", "context");
}

function unknownContext(name: string, known: readonly string[], folder: string): StewardError {
  const near = closest(name, known);
  const perhaps = near === undefined ? "" : `, perhaps you mean ${near}`;
  const there = known.length === 0 ? "this folder has no contexts" : `there are ${known.join(", ")}`;
  return new StewardError("badSettings", `no NATS context "${name}" in ${folder}${perhaps}; ${there}`);
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new StewardError("fileUnreadable", `the NATS context ${path} cannot be read: ${messageOf(error)}`);
  });
}

function parse(bytes: Buffer, what: string): Readonly<Record<string, unknown>> {
  if (!isUtf8(bytes)) throw new StewardError("badSettings", `${what} is not UTF-8; save the file as UTF-8`);
  let said: unknown;
  try {
    said = JSON.parse(bytes.toString());
  } catch (error) {
    // Removes the text around the fault, because this text may contain the password.
    const why = messageOf(error).replace(/, (?:\.\.\.)?".*$/s, "");
    throw new StewardError("badSettings", `${what} is not valid JSON: ${why}`);
  }
  if (typeof said === "object" && said !== null && !Array.isArray(said)) return { ...said };
  throw new StewardError("badSettings", `${what} is not a JSON object`);
}

function optionsOf(
  said: Readonly<Record<string, unknown>>,
  name: string,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const cannot = unusable.filter((key) => said[key]);
  if (cannot.length > 0) throw cannotUse(name, `sets ${cannot.join(", ")}`);
  const options: Record<string, string> = { server: usualServer };
  for (const [key, option] of Object.entries(optionOf)) {
    const value = said[key];
    if (value === undefined || value === "" || value === null) continue;
    if (typeof value !== "string")
      throw new StewardError("badSettings", `the NATS context ${name}: ${key} is not a text`);
    options[option] = paths.includes(key) ? pathOf(value, name, key, env) : value;
    const fault = faultIn(connectionOptions[option].bound, options[option]);
    if (fault !== undefined) throw new StewardError("badSettings", `the NATS context ${name}: ${key} ${fault}`);
  }
  return options;
}

/**
 * A path in which variables are replaced by their values, as `nats` does. A reference to a store other than a file is
 * refused.
 */
function pathOf(value: string, name: string, key: string, env: NodeJS.ProcessEnv): string {
  const path = value.replace(/^file:\/\//, "");
  const [, scheme] = /^([a-z]{2,}):/i.exec(path) ?? [];
  if (scheme !== undefined) throw cannotUse(name, `keeps its ${key} in ${scheme}:`);
  return path.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_all, braced?: string, bare?: string) => env[braced ?? bare ?? ""] ?? "",
  );
}

function cannotUse(name: string, what: string): StewardError {
  const wayOut = "give the broker and the credentials as options instead";
  return new StewardError("badSettings", `the NATS context ${name} ${what}, which Steward cannot use; ${wayOut}`);
}

import { homedir } from "node:os";
import type { ConnectionSettings } from "../broker/connection/connect.ts";
import { merge, type Layered, type Origin, type Values } from "./layers.ts";
import { readContext, selectedContext } from "./nats-context.ts";
import { usualNamespace, usualServer } from "./options.ts";

/**
 * Fills in what a context of the `nats` CLI says: the one that is named, or else the selected one. That one counts only
 * when nobody names a broker, so that its credentials go nowhere but to its own.
 * @throws StewardError badSettings, fileUnreadable
 */
export async function withContext({ args, origins }: Layered, env: NodeJS.ProcessEnv): Promise<Layered> {
  const name = textOf(args["context"]);
  if (name === undefined && args["server"] !== undefined) return { args, origins };
  const context = name === undefined ? await selectedContext(env) : await readContext(name, env);
  if (context === undefined) return { args, origins };
  const origin: Origin = { kind: "context", name: context.name, path: context.path };
  return merge([
    { values: args, originOf: (option) => origins[option] },
    { values: context.options, originOf: () => origin },
  ]);
}

/** Where the arguments lead, and as whom. */
export function connectionSettings(args: Values): ConnectionSettings {
  const path = (option: string): string | undefined => textOf(args[option])?.replace(/^~(?=\/)/, () => homedir());
  return {
    servers: textOf(args["server"]) ?? usualServer,
    namespace: textOf(args["namespace"]) ?? usualNamespace,
    creds: path("creds"),
    nkey: path("nkey"),
    user: textOf(args["user"]),
    password: textOf(args["password"]),
    token: textOf(args["token"]),
    tlsCa: path("tls-ca"),
    tlsCert: path("tls-cert"),
    tlsKey: path("tls-key"),
    tlsFirst: args["tls-first"] === true,
  };
}

function textOf(value: Values[string]): string | undefined {
  return value === undefined ? undefined : String(value);
}

import { homedir } from "node:os";
import type { ConnectionSettings } from "../broker/connection/connect.ts";
import { merge, type Layered, type Origin } from "./layers.ts";
import { readContext, selectedContext } from "./nats-context.ts";
import { usualNamespace, usualServer, type commonOptions, type connectionOptions, type ValuesOf } from "./options.ts";

/** The options that select a broker and a fleet. */
type ConnectionArguments = ValuesOf<typeof connectionOptions & typeof commonOptions>;

/**
 * Adds the settings of a context of the `nats` CLI: the context in the arguments, or else the selected context. If the
 * arguments contain a broker, the selected context is not used, so that its credentials are sent only to its own
 * broker.
 * @throws StewardError badSettings
 */
export async function withContext<Args extends ConnectionArguments>(
  { args, origins }: Layered<Args>,
  env: NodeJS.ProcessEnv,
): Promise<Layered<Args>> {
  const name = args.context;
  if (name === undefined && args.server !== undefined) return { args, origins };
  const context = name === undefined ? await selectedContext(env) : await readContext(name, env);
  if (context === undefined) return { args, origins };
  const origin: Origin = { kind: "context", name: context.name, path: context.path };
  return merge([
    { values: args, originOf: (option) => origins[option] },
    { values: context.options, originOf: () => origin },
  ]);
}

/** The connection settings in the arguments: the broker, and the user. */
export function connectionSettings(args: ConnectionArguments): ConnectionSettings {
  const path = (text: string | undefined): string | undefined => text?.replace(/^~(?=\/)/, () => homedir());
  return {
    servers: args.server ?? usualServer,
    namespace: args.namespace ?? usualNamespace,
    creds: path(args.creds),
    nkey: path(args.nkey),
    user: args.user,
    password: args.password,
    token: args.token,
    tlsCa: path(args["tls-ca"]),
    tlsCert: path(args["tls-cert"]),
    tlsKey: path(args["tls-key"]),
    tlsFirst: args["tls-first"] === true,
  };
}

import { connect } from "../client.ts";
import type { Client } from "../client/client.ts";
import { withContext } from "../config/connection.ts";
import { usualServer } from "../config/options.ts";
import type { GlobalArguments } from "./global-options.ts";

/**
 * Connects a client to the broker that the arguments name, for one command.
 * @throws StewardError as `withContext` and `connect`
 */
export async function connectFromArguments(
  args: GlobalArguments & { readonly from?: string | undefined },
): Promise<Client> {
  const { args: known } = await withContext({ args, origins: {} }, process.env);
  const { server = usualServer, namespace, creds, nkey, user, password, token } = known;
  return connect({
    name: "steward",
    servers: server,
    namespace,
    from: args.from,
    creds,
    nkey,
    user,
    password,
    token,
    tls: { ca: known["tls-ca"], cert: known["tls-cert"], key: known["tls-key"], first: known["tls-first"] },
  });
}

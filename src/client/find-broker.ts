import type { ConnectionSettings } from "../broker/connection/connect.ts";
import { connectionSettings, withContext } from "../config/connection.ts";
import type { Layered, Values } from "../config/layers.ts";
import { camelCase, commonOptions, connectionOptions, operatorOptions } from "../config/options.ts";
import { assertWithinBounds, layeredSettings } from "../config/settings.ts";
import { defaultSender } from "../send/outgoing.ts";

/** The broker's address and the credentials. */
export interface BrokerOptions {
  /**
   * One address or several. Without it, the broker is found in the same way as by the command line: by the
   * environment, the configuration file and the contexts of the `nats` CLI. With it, none of these is read.
   */
  readonly servers?: string | readonly string[] | undefined;
  /** The fleet's name; default `steward`. */
  readonly namespace?: string | undefined;
  /** The sender's name; default: the user's. */
  readonly from?: string | undefined;
  /** A context of the `nats` CLI, by its name. */
  readonly context?: string | undefined;
  /** The credentials: a file, or the values. */
  readonly creds?: string | undefined;
  readonly nkey?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  readonly tls?: TlsOptions | undefined;
}

/** Paths of files. */
export interface TlsOptions {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Start TLS before the server's first message, as some servers require (`handshake_first`). */
  readonly first?: boolean | undefined;
}

/** @throws StewardError usage, badSettings, fileUnreadable, notJson */
export async function findBroker(
  given: BrokerOptions,
): Promise<{ readonly settings: ConnectionSettings; readonly from: string }> {
  const { args, origins } = await settingsOf(valuesOf(given));
  const known = await withContext({ args, origins }, process.env);
  const from = args["from"] === undefined ? defaultSender() : String(args["from"]);
  return { settings: connectionSettings(known.args), from };
}

const { context, namespace } = commonOptions;
const options = { ...connectionOptions, context, namespace, from: operatorOptions.from };

async function settingsOf(values: Values): Promise<Layered> {
  if (values["server"] === undefined) {
    return layeredSettings(values, { options, env: process.env, mayBeElsewhere: () => true, called });
  }
  const given = { args: values, origins: {} };
  assertWithinBounds(given, { options, called });
  return given;
}

function valuesOf({ servers, tls = {}, ...same }: BrokerOptions): Values {
  const { creds, nkey, user, password, token } = same;
  return {
    creds,
    nkey,
    user,
    password,
    token,
    namespace: same.namespace,
    from: same.from,
    context: same.context,
    server: servers === undefined ? undefined : [servers].flat().join(","),
    "tls-ca": tls.ca,
    "tls-cert": tls.cert,
    "tls-key": tls.key,
    "tls-first": tls.first,
  };
}

/** The name of an option in a program. */
function called(option: string): string {
  if (option === "server") return "servers";
  return option.startsWith("tls-") ? option.replace("-", ".") : camelCase(option);
}

import type { ConnectionSettings } from "../broker/connection/connect.ts";
import { connectionSettings, withContext } from "../config/connection.ts";
import type { Layered, Values } from "../config/layers.ts";
import { camelCase, commonOptions, connectionOptions, operatorOptions } from "../config/options.ts";
import { assertWithinBounds, layeredSettings } from "../config/settings.ts";
import { defaultSender } from "../send/outgoing.ts";

/** The broker's address and the credentials. */
export interface BrokerOptions {
  /**
   * One or more addresses of the broker. Without `servers`, the client finds the broker like the command line: in the
   * environment, the configuration file and the contexts of the `nats` CLI. With `servers`, the client does not read
   * these sources.
   */
  readonly servers?: string | readonly string[] | undefined;
  /** The name of the fleet. Default: `steward`. */
  readonly namespace?: string | undefined;
  /** The name of the sender. Default: the name of the user. */
  readonly from?: string | undefined;
  /** The name of a context of the `nats` CLI. */
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
  /** Starts TLS before the first message of the server. A server with `handshake_first` requires this. */
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

/** The name of a command-line option as a key of `BrokerOptions`. */
function called(option: string): string {
  if (option === "server") return "servers";
  return option.startsWith("tls-") ? option.replace("-", ".") : camelCase(option);
}

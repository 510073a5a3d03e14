import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import {
  connect,
  credsAuthenticator,
  errors,
  nkeyAuthenticator,
  type ConnectionOptions,
  type NatsConnection,
} from "nats";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { isTooOld, minimumServerVersion } from "../server/minimum-version.ts";
import { readAddresses } from "./addresses.ts";
import { Broker } from "./broker.ts";
import { keepAlive } from "./keep-alive.ts";

/** The address of the broker, and the login. Files are given by their paths. */
export interface ConnectionSettings {
  /** One URL, or several URLs with commas between them. A URL may contain user and password. */
  readonly servers: string;
  readonly namespace: string;
  readonly creds?: string | undefined;
  readonly nkey?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  readonly tlsCa?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  /**
   * If true, encrypts the connection before the server has sent anything. Some servers demand this order
   * (`handshake_first`).
   */
  readonly tlsFirst?: boolean | undefined;
}

export interface ConnectBehaviour {
  /** The connection's name. `nats server report connections` shows this name. */
  readonly name: string;
  /** The time for all tries, in milliseconds. A daemon uses Infinity; a daemon also reconnects without a limit. */
  readonly waitMs: number;
  /** When aborted, ends the tries. */
  readonly signal?: AbortSignal;
  /** Called after each failed try. A daemon can then log that it waits. */
  readonly onFailure?: (error: StewardError) => void;
}

const retryMs = 250;

/**
 * Connects to the broker. Tries again until `waitMs` is over.
 * @throws StewardError brokerUnreachable, brokerRefused (wrong credentials, at once), brokerTooOld, jetStreamOff
 * (unless `waitMs` is Infinity) or badSettings
 */
export async function openBroker(settings: ConnectionSettings, behaviour: ConnectBehaviour): Promise<Broker> {
  const options = await connectionOptions(settings, behaviour);
  const deadline = performance.now() + behaviour.waitMs;
  for (;;) {
    try {
      const nc = await connect(options);
      await assertRecent(nc);
      if (behaviour.waitMs !== Infinity) await assertJetStream(nc);
      void keepAlive(nc);
      return new Broker(nc, settings.namespace);
    } catch (error) {
      if (error instanceof StewardError) throw error;
      const failure = explain(error, settings);
      const patient =
        behaviour.waitMs === Infinity || (failure.code === "brokerUnreachable" && performance.now() < deadline);
      if (!patient || behaviour.signal?.aborted === true) throw failure;
      behaviour.onFailure?.(failure);
    }
    await delay(retryMs, undefined, behaviour.signal === undefined ? {} : { signal: behaviour.signal });
  }
}

async function assertRecent(nc: NatsConnection): Promise<void> {
  const version = nc.info?.version ?? "0.0.0";
  if (!isTooOld(version)) return;
  const where = nc.getServer();
  await nc.close();
  throw new StewardError(
    "brokerTooOld",
    `the broker at ${where} is nats-server ${version}; Steward needs ${minimumServerVersion} or newer; upgrade it`,
  );
}

/**
 * Throws if JetStream cannot be reached. A server without JetStream may reach a server with JetStream, in its cluster
 * or as a leaf node. Without any JetStream, no request would get an answer.
 */
async function assertJetStream(nc: NatsConnection): Promise<void> {
  if (nc.info?.jetstream === true) return;
  try {
    await nc.request("$JS.API.INFO", "", { timeout: 5000 });
  } catch (error) {
    const where = nc.getServer();
    await nc.close();
    throw new StewardError(
      "jetStreamOff",
      `the broker at ${where} runs without JetStream; start it with -js, or use \`steward broker\``,
      { cause: error },
    );
  }
}

async function connectionOptions(
  settings: ConnectionSettings,
  { name, waitMs }: ConnectBehaviour,
): Promise<ConnectionOptions> {
  const { urls, login, isTls } = readAddresses(settings.servers);
  // In an address, a user without a password is a token, as for other clients. If the password is given elsewhere, the
  // user is not a token.
  const isToken = login.user !== undefined && (login.pass ?? settings.password ?? settings.user) === undefined;
  for (const path of [settings.tlsCa, settings.tlsCert, settings.tlsKey]) if (path !== undefined) await secret(path);
  const tls = {
    ...(settings.tlsCa === undefined ? {} : { caFile: settings.tlsCa }),
    ...(settings.tlsCert === undefined ? {} : { certFile: settings.tlsCert }),
    ...(settings.tlsKey === undefined ? {} : { keyFile: settings.tlsKey }),
    ...(settings.tlsFirst === true ? { handshakeFirst: true } : {}),
  };
  return {
    servers: urls.map(({ href }) => href),
    name,
    timeout: Math.min(waitMs, 5000),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 500,
    // The client library should never ping, so its interval is very long. `keepAlive` pings, and only if the broker is
    // silent.
    pingInterval: 24 * 60 * 60_000,
    ignoreAuthErrorAbort: waitMs === Infinity,
    noAsyncTraces: true,
    ...(isToken ? { token: login.user ?? "" } : login),
    ...(settings.user === undefined ? {} : { user: settings.user }),
    ...(settings.password === undefined ? {} : { pass: settings.password }),
    ...(settings.token === undefined ? {} : { token: settings.token }),
    ...(settings.creds === undefined ? {} : { authenticator: credsAuthenticator(await secret(settings.creds)) }),
    ...(settings.nkey === undefined ? {} : { authenticator: nkeyAuthenticator(await secret(settings.nkey)) }),
    // The client library ignores `tls://` in an address. Without this option it would connect without encryption.
    ...(isTls || Object.keys(tls).length > 0 ? { tls } : {}),
  };
}

async function secret(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new StewardError("fileUnreadable", `the credentials in ${path} cannot be read: ${messageOf(error)}`);
  }
}

function explain(error: unknown, { servers }: ConnectionSettings): StewardError {
  const at = readAddresses(servers).urls.map(({ href }) => href);
  const text = messageOf(error);
  if (isRefusal(error)) {
    const advice = "`steward config show` shows the source of the credentials; check them";
    const failed = isUnauthorised(error) ? "not authorised to connect to" : "cannot log in at";
    return new StewardError("brokerRefused", `${failed} ${at.join(", ")}: ${text}; ${advice}`, {
      cause: error,
      about: "credentials",
    });
  }
  return new StewardError(
    "brokerUnreachable",
    `no broker answers at ${at.join(", ")} (${text}); start one with \`steward broker\` or name another`,
    { cause: error, about: "server" },
  );
}

/**
 * True if the broker or TLS refused the connection, so that another try is useless. The decision uses error classes and
 * codes, because the text of an error also contains the name of the host.
 */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isUnauthorised(error)) return true;
  // A network error has a code and the name of the system call. An error of TLS or of a key has only a code. If a
  // connection ends during the TLS handshake, the error has only a code too (ECONNRESET). This is not a refusal,
  // because the broker may be starting.
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code !== undefined && code !== "ECONNRESET" && !("syscall" in error)) return true;
  return error.message === "server does not support 'tls'" || isRefusal(error.cause);
}

/** True if the broker refused the credentials. */
function isUnauthorised(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) return true;
  return isUnauthorised(error.cause);
}

import type { Broker } from "../broker/broker.ts";
import { openBroker, type ConnectBehaviour, type ConnectionSettings } from "../broker/connect.ts";
import { StewardError } from "../protocol/errors.ts";
import { isToken } from "../protocol/subjects.ts";
import { textOf } from "./arguments.ts";
import type { Arguments } from "./command.ts";

/** How long a command waits for a broker that does not answer, in milliseconds. */
const connectWait = 5000;

/** Connects as the arguments say, for one command. Throws as `openBroker`. */
export async function openFromArguments(args: Arguments, behaviour: Partial<ConnectBehaviour> = {}): Promise<Broker> {
  return openBroker(connectionSettings(args), { name: "steward", waitMs: connectWait, ...behaviour });
}

function connectionSettings(args: Arguments): ConnectionSettings {
  const namespace = textOf(args, "namespace") ?? "steward";
  if (!isToken(namespace)) {
    throw new StewardError("badSettings", `the namespace "${namespace}" may hold only A-Z a-z 0-9 _ -`);
  }
  return {
    servers: textOf(args, "server") ?? "nats://127.0.0.1:4222",
    namespace,
    creds: textOf(args, "creds"),
    nkey: textOf(args, "nkey"),
    user: textOf(args, "user"),
    password: textOf(args, "password"),
    tlsCa: textOf(args, "tls-ca"),
    tlsCert: textOf(args, "tls-cert"),
    tlsKey: textOf(args, "tls-key"),
  };
}

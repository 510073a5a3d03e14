import type { Broker } from "../broker/connection/broker.ts";
import { openBroker, type ConnectBehaviour } from "../broker/connection/connect.ts";
import { connectionSettings, withContext } from "../config/connection.ts";
import type { GlobalArguments } from "./global-options.ts";

/** The time that a command waits for a broker that does not answer, in milliseconds. */
const connectWait = 5000;

/**
 * Connects to the broker that the arguments name, for one command. Throws the errors of `withContext` and `openBroker`.
 */
export async function openFromArguments(
  args: GlobalArguments,
  behaviour: Partial<ConnectBehaviour> = {},
): Promise<Broker> {
  const known = await withContext({ args, origins: {} }, process.env);
  return openBroker(connectionSettings(known.args), { name: "steward", waitMs: connectWait, ...behaviour });
}

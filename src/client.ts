import { openBroker } from "./broker/connection/connect.ts";
import { brokerTrouble } from "./client/broker-trouble.ts";
import { Client } from "./client/client.ts";
import { findBroker, type BrokerOptions } from "./client/find-broker.ts";
import { waitOf, type Signal } from "./client/options.ts";
import { Session } from "./client/session.ts";
import type { Steward } from "./client/steward.ts";
import type { Duration } from "./util/duration.ts";
import { unlessAborted } from "./util/unless-aborted.ts";

export type { Steward };

export interface ConnectOptions extends BrokerOptions, Signal {
  /** How long to try to reach the broker. Default: 5s. */
  readonly wait?: Duration | undefined;
  /** The name of the connection. `nats server report connections` shows this name. */
  readonly name?: string | undefined;
}

/** Does the work of `connect` of the package, see src/index.ts. */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const { signal, wait = "5s", name = "steward client" } = options;
  signal?.throwIfAborted();
  const waitMs = waitOf(wait);
  try {
    const { settings, from } = await findBroker(options);
    const opening = openBroker(settings, { name, waitMs, ...(signal && { signal }) });
    await unlessAborted(signal, opening);
    if (signal?.aborted === true) void opening.then((broker) => broker.close()).catch(() => undefined);
    signal?.throwIfAborted();
    return new Client(new Session(await opening, from));
  } catch (error) {
    signal?.throwIfAborted();
    throw brokerTrouble(error);
  }
}

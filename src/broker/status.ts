import type { Broker, ConnectionEvents } from "./broker.ts";

export type { ConnectionEvents } from "./broker.ts";

/** Tells of the connection's losses and returns, until it is closed. */
export async function followConnection(broker: Broker, events: ConnectionEvents): Promise<void> {
  broker.onConnection(events);
}

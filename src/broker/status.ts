import type { Broker } from "./connect.ts";

export interface ConnectionEvents {
  readonly lost: () => void;
  readonly back: () => void;
}

/** Tells of the connection's losses and returns, until it is closed. */
export async function followConnection({ nc }: Broker, events: ConnectionEvents): Promise<void> {
  for await (const { type } of nc.status()) {
    if (type === "disconnect") events.lost();
    if (type === "reconnect") events.back();
  }
}

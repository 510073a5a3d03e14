import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import type { World } from "../world.ts";

/** Asks the broker past the links. */
export async function asked<T>({ servers }: World, ask: (manager: JetStreamManager) => Promise<T>): Promise<T> {
  const nc = await connect({ servers: servers.map(({ url }) => url) });
  try {
    return await ask(await jetstreamManager(nc, { checkAPI: false }));
  } finally {
    await nc.close();
  }
}

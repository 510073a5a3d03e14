import { setTimeout as delay } from "node:timers/promises";
import { connect } from "nats";
import type { BenchBroker } from "./broker.ts";
import { connectionStarts } from "./connections.ts";
import type { GrowingFleet } from "./growing-fleet.ts";

/** A fleet that takes longer to return is reported as not back. */
const longestReturn = 300_000;

/** How a fleet came back, in seconds. */
export interface Return {
  /** Until the broker reports its streams. */
  readonly known: number;
  /** Until all nodes pull. */
  readonly back: number;
  /** The number of nodes that do not pull. */
  readonly missing: number;
  /** Between the connects of the first and the last tenth. */
  readonly spread: number;
}

/** Kills the broker and starts it again. Resolves when all nodes pull again. */
export async function returnAfterKill(broker: BenchBroker, fleet: GrowingFleet): Promise<Return> {
  // Sees which nodes pull. It reconnects before the nodes, which wait longer.
  const nc = await connect({
    servers: broker.url,
    reconnectTimeWait: 10,
    reconnectJitter: 0,
    maxReconnectAttempts: -1,
  });
  const pulling = new Set<string>();
  nc.subscribe("$JS.API.CONSUMER.MSG.NEXT.STEWARD_MESSAGES.*", {
    callback: (_error, msg) => void pulling.add(msg.subject.slice(msg.subject.lastIndexOf(".") + 1)),
  });
  await nc.flush();
  pulling.clear();
  const begun = performance.now();
  const known = await broker.restart("SIGKILL");
  while (pulling.size < fleet.size && performance.now() - begun < longestReturn) await delay(100);
  const back = (performance.now() - begun) / 1000;
  await nc.close();
  const starts = await connectionStarts(broker.monitor);
  const at = (share: number): number => starts[Math.floor((starts.length - 1) * share)] ?? 0;
  const spread = (at(0.9) - at(0.1)) / 1000;
  return { known: known / 1000, back, missing: fleet.size - pulling.size, spread };
}

import type { Link } from "../../support/link.ts";
import type { TestServer } from "../../support/nats-server.ts";
import type { Random } from "../../support/random.ts";
import type { TestNode } from "../../support/steward.ts";

/** What the nemeses act on: all of it real processes. */
export interface World {
  /** Of the strikes alone: the same seed gives the same strikes. */
  readonly random: Random;
  /** The daemons. */
  readonly nodes: readonly TestNode[];
  /** One, or the three of a cluster. */
  readonly servers: readonly TestServer[];
  /** By a node's name: the way between its daemon and the broker. And that of some senders, under `senders`. */
  readonly links: ReadonlyMap<string, Link>;
  /** Into the history. */
  note(event: FaultEvent): void;
}

/** What the checker must know of a strike: only the kill of a daemon is a reason for a second run. */
export type FaultEvent = {
  /** Told before the signal goes out, each time. */
  readonly kind: "daemonKilled";
  readonly node: string;
};

/** A kind of fault. */
export interface Nemesis {
  readonly name: string;
  readonly fits: "server" | "cluster" | "both";
  /** One strike; resolves when the fault is over and healed, within some seconds. */
  strike(world: World): Promise<void>;
}

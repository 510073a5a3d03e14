import type { Logger } from "pino";
import type { Broker } from "../broker/connection/broker.ts";
import type { Journal } from "../broker/write/journal.ts";
import type { Registry } from "../handlers/registry.ts";
import type { QueuedPayloads } from "./backlog.ts";
import type { Children } from "./children.ts";
import type { BrokerClock } from "./clock.ts";
import type { LaneHolds } from "./holds.ts";
import type { Kernel } from "./kernel.ts";
import type { LiveOutput } from "./live-output.ts";
import type { Notices } from "./notices.ts";
import type { NodeSettings } from "./settings.ts";
import type { Remover } from "./remover.ts";
import type { Shutdown } from "./shutdown.ts";
import type { Suspects } from "./suspects.ts";
import type { TakenMessages } from "./taken.ts";
import type { Troubles } from "./troubles.ts";

/** The parts of a daemon. `NodeDaemon` builds each part once. All code that works on a message receives all parts. */
export interface Parts {
  readonly settings: NodeSettings;
  /** The random id of this daemon process. Each ACK of the daemon has this id. */
  readonly instance: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly log: Logger;
  readonly broker: Broker;
  readonly clock: BrokerClock;
  readonly journal: Journal;
  readonly registry: Registry;
  readonly kernel: Kernel;
  readonly holds: LaneHolds;
  readonly notices: Notices;
  readonly taken: TakenMessages;
  readonly payloads: QueuedPayloads;
  readonly remover: Remover;
  readonly children: Children;
  readonly liveOutput: LiveOutput;
  readonly suspects: Suspects;
  readonly troubles: Troubles;
  readonly shutdown: Shutdown;
}

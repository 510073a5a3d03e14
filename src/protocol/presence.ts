import * as v from "valibot";
import { byName } from "../util/by-name.ts";
import { parseBytes } from "../util/parse-bytes.ts";
import { troubleSchema, type Trouble } from "./trouble.ts";

/**
 * Identifies a daemon's process, so that other processes on its host can check that this process still runs. A process
 * id alone is not enough, because the system uses process ids again.
 */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Changes at each boot of the host. */
  readonly bootId?: string | undefined;
  /** Each container has its own process ids, so `pid` is valid only within this namespace. */
  readonly pidNamespace?: string | undefined;
  /** The time when the process started, in kernel ticks since the boot. */
  readonly startTicks?: string | undefined;
}

/** A heartbeat: the value of a node's key in the presence bucket. */
export interface Presence extends ProcessIdentity {
  /** The protocol version of the daemon, see `protocol`. The first versions of Steward do not send this key. */
  readonly protocol?: number | undefined;
  readonly instance: string;
  readonly startedAt: string;
  /** The busiest lanes, at most 100. */
  readonly lanes: readonly LaneBeat[];
  /** The totals of all lanes. */
  readonly counts?: { readonly lanes: number; readonly waiting: number; readonly running: number } | undefined;
  /** The parts of the daemon that cannot work at the moment. */
  readonly troubles?: readonly Trouble[] | undefined;
}

/** How many messages of a lane are waiting and running. */
export interface LaneBeat {
  readonly name: string;
  readonly waiting: number;
  readonly running: number;
}

/** The largest number of lanes in a heartbeat. */
const lanesNamed = 100;

/** The lanes in a heartbeat: the busiest lanes, and the totals of all lanes. */
export function lanesInBeat(all: readonly LaneBeat[]): Required<Pick<Presence, "lanes" | "counts">> {
  const counts = { lanes: all.length, waiting: 0, running: 0 };
  for (const { waiting, running } of all) {
    counts.waiting += waiting;
    counts.running += running;
  }
  const busiest = all.toSorted((a, b) => b.running - a.running || b.waiting - a.waiting).slice(0, lanesNamed);
  return { lanes: busiest.toSorted((a, b) => byName(a.name, b.name)), counts };
}

export const presenceSchema: v.GenericSchema<unknown, Presence> = v.object({
  protocol: v.optional(v.number()),
  instance: v.string(),
  host: v.string(),
  pid: v.number(),
  bootId: v.optional(v.string()),
  pidNamespace: v.optional(v.string()),
  startTicks: v.optional(v.string()),
  startedAt: v.string(),
  // A heartbeat must stay readable if its lanes cannot be read, because the heartbeat shows which daemon owns the node.
  lanes: v.fallback(v.array(v.object({ name: v.string(), waiting: v.number(), running: v.number() })), []),
  counts: v.fallback(v.optional(v.object({ lanes: v.number(), waiting: v.number(), running: v.number() })), undefined),
  troubles: v.fallback(v.optional(v.array(troubleSchema)), undefined),
});

/** Reads a heartbeat; undefined when the bytes are not a heartbeat. */
export function parsePresence(bytes: Uint8Array): Presence | undefined {
  return parseBytes(presenceSchema, bytes);
}

import * as v from "valibot";
import { byName } from "../util/by-name.ts";
import { parseBytes } from "../util/parse-bytes.ts";
import { troubleSchema, type Trouble } from "./trouble.ts";

/** Which process runs a node, exactly enough to tell from the same host whether it is still there. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Changes with each boot of the host. */
  readonly bootId?: string | undefined;
  /** A container has process ids of its own: only within one namespace does a pid mean the same process. */
  readonly pidNamespace?: string | undefined;
  /** When the process started, in the kernel's ticks since the boot. */
  readonly startTicks?: string | undefined;
}

/** A heartbeat: the value of a node's key in the presence bucket. */
export interface Presence extends ProcessIdentity {
  /** The version of what its daemon writes; see `protocol`. Those before the first one do not say it. */
  readonly protocol?: number | undefined;
  readonly instance: string;
  readonly startedAt: string;
  /** The busiest of the lanes, 100 at most. */
  readonly lanes: readonly LaneBeat[];
  /** Of all lanes together. */
  readonly counts?: { readonly lanes: number; readonly waiting: number; readonly running: number } | undefined;
  /** What the daemon cannot do at the moment, if there is anything. */
  readonly troubles?: readonly Trouble[] | undefined;
}

/** How many messages a lane holds. */
export interface LaneBeat {
  readonly name: string;
  readonly waiting: number;
  readonly running: number;
}

/** How many lanes a heartbeat names. */
const lanesNamed = 100;

/** What a heartbeat says of a daemon's lanes, however many there are. */
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
  // Whose daemon it is must be known, whatever the lanes look like.
  lanes: v.fallback(v.array(v.object({ name: v.string(), waiting: v.number(), running: v.number() })), []),
  counts: v.fallback(v.optional(v.object({ lanes: v.number(), waiting: v.number(), running: v.number() })), undefined),
  troubles: v.fallback(v.optional(v.array(troubleSchema)), undefined),
});

/** Reads a heartbeat; undefined when the bytes are none. */
export function parsePresence(bytes: Uint8Array): Presence | undefined {
  return parseBytes(presenceSchema, bytes);
}

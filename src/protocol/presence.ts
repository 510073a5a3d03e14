import * as v from "valibot";
import { parseBytes } from "./parse-bytes.ts";

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
  readonly lanes: readonly { readonly name: string; readonly waiting: number; readonly running: number }[];
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
});

/** Reads a heartbeat; undefined when the bytes are none. */
export function parsePresence(bytes: Uint8Array): Presence | undefined {
  return parseBytes(presenceSchema, bytes);
}

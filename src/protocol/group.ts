import * as v from "valibot";
import { nodeSchema } from "./message.ts";
import { parseBytes } from "./parse-bytes.ts";

/** A group of nodes: what stands under its name in the bucket of groups. */
export interface Group {
  /** Without repetition, in alphabetical order. A name may belong to no node yet. */
  readonly nodes: readonly string[];
}

const groupSchema: v.GenericSchema<unknown, Group> = v.object({ nodes: v.array(nodeSchema) });

/** Reads a group; undefined when the bytes are none. */
export function parseGroup(bytes: Uint8Array): Group | undefined {
  return parseBytes(groupSchema, bytes);
}

/** A group as it is written. */
export function encodeGroup(nodes: Iterable<string>): string {
  return JSON.stringify({ nodes: [...new Set(nodes)].toSorted() } satisfies Group);
}

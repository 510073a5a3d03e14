import * as v from "valibot";
import { byName } from "../util/by-name.ts";
import { toJson } from "../util/json.ts";
import { parseBytes } from "../util/parse-bytes.ts";
import { nodeSchema } from "./message.ts";

/** A group of nodes: what stands under its name in the bucket of groups. */
export interface Group {
  /** Without repetition, in the order of `byName`. A name may belong to no node yet. */
  readonly nodes: readonly string[];
}

const groupSchema: v.GenericSchema<unknown, Group> = v.object({ nodes: v.array(nodeSchema) });

/** Reads a group; undefined when the bytes are none. */
export function parseGroup(bytes: Uint8Array): Group | undefined {
  const group = parseBytes(groupSchema, bytes);
  return group && { nodes: inOrder(group.nodes) };
}

/** A group as it is written; its nodes as `inOrder` gives them. */
export function encodeGroup(nodes: readonly string[]): string {
  return toJson({ nodes } satisfies Group);
}

/** Nodes as a group holds them. */
export function inOrder(nodes: Iterable<string>): string[] {
  return [...new Set(nodes)].toSorted(byName);
}

import * as v from "valibot";
import { byName } from "../util/by-name.ts";
import { toJson } from "../util/json.ts";
import { parseBytes } from "../util/parse-bytes.ts";
import { nodeSchema } from "./message.ts";

/** A group of nodes: the value of its key in the bucket of groups. */
export interface Group {
  /** Node names without duplicates, ordered by `byName`. A group may contain unknown nodes. */
  readonly nodes: readonly string[];
}

const groupSchema: v.GenericSchema<unknown, Group> = v.object({ nodes: v.array(nodeSchema) });

/** Reads a group; undefined when the bytes are not a group. */
export function parseGroup(bytes: Uint8Array): Group | undefined {
  const group = parseBytes(groupSchema, bytes);
  return group && { nodes: inOrder(group.nodes) };
}

/** A group as JSON. `nodes` must come from `inOrder`. */
export function encodeGroup(nodes: readonly string[]): string {
  return toJson({ nodes } satisfies Group);
}

/** Nodes without duplicates and in order, as a group stores them. */
export function inOrder(nodes: Iterable<string>): string[] {
  return [...new Set(nodes)].toSorted(byName);
}

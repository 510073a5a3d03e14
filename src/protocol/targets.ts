import { createHash } from "node:crypto";
import { glob, type Pattern } from "../util/glob.ts";
import { finalStates, type FinalState } from "./ack.ts";
import { StewardError } from "./errors.ts";
import { isId, isToken, nodeNameFault } from "./subjects.ts";

/** One part of a target expression. */
export type Target =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "glob"; readonly source: string; readonly fits: Pattern }
  | { readonly kind: "group"; readonly name: string }
  | { readonly kind: "all" };

/** The state of an earlier message on a node: the known state of the final ACK, or `pending` if no final ACK exists. */
export type Ending = FinalState | "pending";

/** Limits targets to nodes on which an earlier message has one of these states. */
export interface Only {
  readonly id: string;
  readonly states: readonly Ending[];
}

/** The largest number of nodes to select: a number, or a percentage. */
export type Limit = { readonly kind: "count" | "percent"; readonly value: number };

/** A selection of nodes. `include` names the nodes; every other key removes some of these nodes. */
export interface TargetSpec {
  readonly include: readonly Target[];
  readonly exclude: readonly Target[];
  /** A node must have all of these labels. A value may contain `*`. */
  readonly labels: readonly { readonly key: string; readonly fits: Pattern }[];
  readonly only?: Only | undefined;
  readonly limit?: Limit | undefined;
  /** Decides which nodes a limit selects. The same seed selects the same nodes. */
  readonly seed: string;
}

/**
 * Reads `ship1`, `ship1,ship2`, `'ship*'`, `@group`, `all`, and combinations with commas.
 * @throws StewardError badName
 */
export function parseTargets(text: string): Target[] {
  return text.split(",").map((word) => parseTarget(word.trim()));
}

function parseTarget(word: string): Target {
  if (word === "all") return { kind: "all" };
  if (word.startsWith("@")) return { kind: "group", name: groupName(word.slice(1)) };
  if (word.includes("*")) {
    if (/^[\w*-]+$/.test(word)) return { kind: "glob", source: word, fits: glob(word) };
    throw new StewardError("badName", `the pattern "${word}" may hold only A-Z a-z 0-9 _ - and *`);
  }
  const fault = nodeNameFault(word);
  if (fault !== undefined) throw new StewardError("badName", fault);
  return { kind: "name", name: word };
}

/** @throws StewardError badName */
export function groupName(text: string): string {
  if (isToken(text)) return text;
  throw new StewardError("badName", `the group's name "${text}" may hold only A-Z a-z 0-9 _ -`);
}

/** Reads `site=oslo`. @throws StewardError usage */
export function parseLabel(text: string): TargetSpec["labels"][number] {
  const at = text.indexOf("=");
  if (at < 1) throw new StewardError("usage", `"${text}" is not a label; write it as key=value`, { about: "label" });
  return { key: text.slice(0, at), fits: glob(text.slice(at + 1)) };
}

const unhappy: readonly FinalState[] = finalStates.filter((state) => state !== "succeeded");

/**
 * Reads `<id>:failed,expired`, or `<id>` alone, which means every final state except `succeeded`. @throws StewardError
 * usage
 */
export function parseOnly(text: string): Only {
  const [id = "", list, ...more] = text.split(":");
  const states = list === undefined ? unhappy : list.split(",");
  const known: readonly string[] = [...finalStates, "pending"];
  const wrong = states.find((state) => !known.includes(state));
  if (!isId(id) || more.length > 0 || wrong !== undefined) {
    const choice = known.join(", ");
    throw new StewardError("usage", `"${text}": write it as ID:STATE, with one or several of ${choice}`, {
      about: "only",
    });
  }
  return { id, states: states as readonly Ending[] };
}

/** Reads `10` or `10%`. @throws StewardError usage */
export function parseLimit(text: string): Limit {
  const [, digits = "", percent = ""] = /^(\d{1,9})(%?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (value >= 1 && (percent === "" || value <= 100)) return { kind: percent === "" ? "count" : "percent", value };
  throw new StewardError("usage", `"${text}": write a number of nodes such as 10, or a part of them such as 10%`, {
    about: "limit",
  });
}

/**
 * The names, if the selection contains only names. For such a selection, the sender does not have to ask the broker.
 */
export function plainNames({ include, exclude, labels, only, limit }: TargetSpec): string[] | undefined {
  if (exclude.length > 0 || labels.length > 0 || only !== undefined || limit !== undefined) return undefined;
  const names = include.map((target) => (target.kind === "name" ? target.name : undefined));
  return names.every((name) => name !== undefined) ? [...new Set(names)] : undefined;
}

/**
 * True if a part of the selection is not a name (a group, a pattern or `all`). The sender may then not know all
 * selected nodes.
 */
export function isSweeping({ include }: TargetSpec): boolean {
  return include.some(({ kind }) => kind !== "name");
}

/**
 * The nodes of `names` that a limit selects, in the order of `names`. The selection depends only on the seed and the
 * names. With the same seed, the nodes of 10 % are among the nodes of 20 %. If one node is added or removed, the
 * selection changes little.
 */
export function limited(names: readonly string[], limit: Limit | undefined, seed: string): string[] {
  if (limit === undefined) return [...names];
  const most = limit.kind === "count" ? limit.value : Math.ceil((names.length * limit.value) / 100);
  const drawn = names.map((name) => ({ name, lot: createHash("sha256").update(`${seed}\n${name}`).digest("hex") }));
  const chosen = new Set(
    drawn
      .toSorted((a, b) => (a.lot < b.lot ? -1 : 1))
      .slice(0, most)
      .map(({ name }) => name),
  );
  return names.filter((name) => chosen.has(name));
}

import { createHash } from "node:crypto";
import { glob, type Pattern } from "../util/glob.ts";
import { finalStates, type FinalState } from "./ack.ts";
import { StewardError } from "./errors.ts";
import { isId, isToken, nodeNameFault } from "./subjects.ts";

/** One of the words with which somebody says who is meant. */
export type Target =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "glob"; readonly source: string; readonly fits: Pattern }
  | { readonly kind: "group"; readonly name: string }
  | { readonly kind: "all" };

/** How an earlier message stands on a node: as its final ACK counts, or `pending` without one. */
export type Ending = FinalState | "pending";

/** Where an earlier message ended in one of these states. */
export interface Only {
  readonly id: string;
  readonly states: readonly Ending[];
}

/** How many of the nodes, at most: a number, or a part of them in percent. */
export type Limit = { readonly kind: "count" | "percent"; readonly value: number };

/** Who is meant: what `include` names, narrowed by all the rest. */
export interface TargetSpec {
  readonly include: readonly Target[];
  readonly exclude: readonly Target[];
  /** Labels that a node must have, all of them; a value may hold `*`. */
  readonly labels: readonly { readonly key: string; readonly fits: Pattern }[];
  readonly only?: Only | undefined;
  readonly limit?: Limit | undefined;
  /** What decides who is among the limited ones: the same seed picks the same nodes. */
  readonly seed: string;
}

/** Reads `ship1`, `ship1,ship2`, `'ship*'`, `@group`, `all` and any of them with commas. @throws StewardError badName */
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

/** Reads `<id>`, which means wherever it ended and did not succeed, or `<id>:failed,expired`. @throws StewardError usage */
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

/** The names, when nothing else is said: then nobody need be asked who that is. */
export function plainNames({ include, exclude, labels, only, limit }: TargetSpec): string[] | undefined {
  if (exclude.length > 0 || labels.length > 0 || only !== undefined || limit !== undefined) return undefined;
  const names = include.map((target) => (target.kind === "name" ? target.name : undefined));
  return names.every((name) => name !== undefined) ? [...new Set(names)] : undefined;
}

/** True when somebody may not know whom he reaches: not every node is named. */
export function isSweeping({ include }: TargetSpec): boolean {
  return include.some(({ kind }) => kind !== "name");
}

/**
 * The nodes among `names` that a limit leaves, in their order. Which ones depends on the seed and their names alone, so
 * that with one seed 10 % are among the 20 %, and a node more or less changes little.
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

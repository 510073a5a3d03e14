import { randomInt } from "node:crypto";
import * as v from "valibot";
import { parseDraft, type Template } from "../protocol/draft.ts";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import { check, type Message } from "../protocol/message.ts";
import { strictKeys } from "../protocol/strict-keys.ts";
import { nodeNameFault, type MessageType } from "../protocol/subjects.ts";
import {
  parseLabel,
  parseLimit,
  parseOnly,
  parseTargets,
  plainNames,
  type Ending,
  type TargetSpec,
} from "../protocol/targets.ts";
import { toMessages } from "../send/outgoing.ts";
import type { Targets as Resolved } from "../send/targets.ts";
import type { Duration } from "../util/duration.ts";
import type { Session } from "./session.ts";

export type { Resolved };

/** A name, a pattern such as `ship*`, `@group` or `all`; or several of them, in a list or separated by commas. */
export type Names = string | readonly string[];

/** A selection of nodes: names, or names with conditions, or a result of `resolve`. */
export type Targets = Names | NarrowedTargets | Resolved;

/** The nodes that meet all these conditions. There must be at least one, so that a lost name never means all nodes. */
export interface NarrowedTargets {
  /** Default: all that meet the other conditions. If the key is there, so must be its value. */
  readonly nodes?: Names;
  /** Labels that a node must have; a value may contain `*`. Also as texts such as `site=oslo`. */
  readonly label?: Readonly<Record<string, string>> | readonly string[] | undefined;
  readonly exclude?: Names | undefined;
  /** Only nodes on which an earlier message ended in one of these states; default: any state but `succeeded`. */
  readonly only?: { readonly id: string; readonly states?: readonly Ending[] | undefined } | undefined;
  /** At most this number of them, or this percentage, selected at random. */
  readonly limit?: number | `${number}%` | undefined;
  /** With the same seed, the same nodes are selected again. */
  readonly seed?: string | undefined;
}

/** A message to send, and its nodes. */
export interface Draft {
  readonly nodes: Targets;
  /** The work to do: `exec`, `shell`, `ping`, `log`, or a handler of your own. */
  readonly subject: string;
  /** Default: `event` for `log` and `error`, else `command`. */
  readonly type?: MessageType | undefined;
  readonly data?: readonly string[] | undefined;
  /** A message with an id that was sent before does not run twice. */
  readonly id?: string | undefined;
  readonly from?: string | undefined;
  /** The longest time of one run; default: the node's setting. */
  readonly timeout?: Duration | undefined;
  /** The number of retries after a failure. */
  readonly retries?: number | undefined;
  /** The wait before the first retry. It doubles with each retry. */
  readonly retryWait?: Duration | undefined;
  /** How long after it was stored the message may still start. */
  readonly expires?: Duration | undefined;
  /** `atMostOnce`: it does not run again after a crash during a run. */
  readonly delivery?: "atLeastOnce" | "atMostOnce" | undefined;
  /** A node that gets the result as an event too. */
  readonly reply?: { readonly node: string; readonly subject: string } | undefined;
}

/** Messages that are ready to send. A program can check them, or ask a person, before anything is stored. */
export interface Prepared {
  readonly messages: readonly Message[];
  /** The nodes that would receive them. */
  readonly nodes: readonly string[];
  /** Patterns that match no node, and unknown nodes that do not match a label. */
  readonly unmatched: readonly string[];
  /** The caller gave an id, which may have been used before. */
  readonly known: boolean;
  /** Nodes that have certainly been seen. */
  readonly seen: ReadonlySet<string>;
}

/** Anything that can be sent. */
export type Sendable = Draft | readonly Draft[] | Prepared;

/** @throws StewardError badMessage, badName, tooLarge, noMatch, notFound */
export async function prepare(session: Session, what: Sendable): Promise<Prepared> {
  if (isPrepared(what)) return what;
  if (!isList(what)) return prepareOne(session, what);
  const prepared: Prepared[] = [];
  for (const draft of what) prepared.push(await prepareOne(session, draft));
  return {
    messages: prepared.flatMap(({ messages }) => messages),
    nodes: [...new Set(prepared.flatMap(({ nodes }) => nodes))],
    unmatched: prepared.flatMap(({ unmatched }) => unmatched),
    known: prepared.some(({ known }) => known),
    seen: new Set(prepared.flatMap(({ seen }) => [...seen])),
  };
}

async function prepareOne(session: Session, draft: Draft): Promise<Prepared> {
  if ((draft as Partial<Draft> | null | undefined)?.nodes === undefined)
    throw new StewardError("badMessage", "nodes is missing");
  const template = templateOf(draft);
  const { nodes, unmatched, seen = new Set() } = await resolve(session, draft.nodes);
  const messages = toMessages({ ...template, nodes }, { from: session.from, id: newId() });
  return { messages, nodes, unmatched, known: draft.id !== undefined, seen };
}

/** A draft without its nodes, checked. @throws StewardError badMessage, tooLarge */
export function templateOf({ nodes: _nodes, type, ...draft }: Draft): Template {
  const { nodes: _someNode, ...template } = parseDraft({ ...draft, messageType: type, node: "some-node" });
  return template;
}

/**
 * Finds the nodes of a selection. Plain names need not be known, and need no request.
 * @throws StewardError badMessage, badName, noMatch, notFound, usage
 */
export async function resolve({ broker }: Session, targets: Targets): Promise<Resolved> {
  if (isResolved(targets)) {
    if (targets.nodes.length === 0) throw emptyNodes();
    return targets;
  }
  const spec = specOf(targets);
  const names = plainNames(spec);
  if (names?.length === 0) throw emptyNodes();
  if (names !== undefined) return { nodes: names, unmatched: [] };
  const { resolveTargets } = await import("../send/targets.ts");
  return resolveTargets(broker, spec);
}

const namesForm = v.union([v.string(), v.array(v.string())], "must be a name or a list of names");

/** The keys of `NarrowedTargets`. Unknown keys are refused: with a misspelt condition all nodes would be meant. */
const narrowedForm = v.pipe(
  strictKeys(
    {
      nodes: v.exactOptional(namesForm),
      label: v.optional(
        v.union([v.record(v.string(), v.string()), v.array(v.string())], "must be an object or a list of texts"),
      ),
      exclude: v.optional(namesForm),
      only: v.optional(
        strictKeys({ id: v.string(), states: v.optional(v.array(v.string())) }, "must be an object with an id"),
      ),
      limit: v.optional(v.union([v.number(), v.string()], "must be a number or a percentage")),
      seed: v.optional(v.string("must be a string")),
    },
    "must be names or an object with conditions",
  ),
  v.check(
    ({ seed: _seed, ...conditions }) => Object.values(conditions).some((value) => value !== undefined),
    "has no condition; for every node, write `all`",
  ),
);

/** With the key of a draft, so that the error names the place. */
const targetsForm = v.object({ nodes: narrowedForm });

/** Parses and checks a selection of nodes. @throws StewardError badMessage, badName, usage */
export function specOf(targets: Names | NarrowedTargets): TargetSpec {
  assertTargets(targets);
  const narrowed = isNames(targets) ? { nodes: targets } : targets;
  const { nodes = "all", label = [], exclude = [], only, limit, seed = String(randomInt(2 ** 32)) } = narrowed;
  const labels = isNames(label) ? [label].flat() : Object.entries(label).map(([key, value]) => `${key}=${value}`);
  return {
    include: [nodes].flat().flatMap(parseTargets),
    exclude: [exclude].flat().flatMap(parseTargets),
    labels: labels.map(parseLabel),
    only: only && parseOnly([only.id, ...(only.states === undefined ? [] : [only.states.join(",")])].join(":")),
    limit: limit === undefined ? undefined : parseLimit(String(limit)),
    seed,
  };
}

/** Refuses what is not a selection, also from a program without types. @throws StewardError badMessage */
export function assertTargets(targets: Targets): void {
  if (!isResolved(targets)) check(targetsForm, { nodes: isNames(targets) ? { nodes: targets } : targets });
}

function isPrepared(what: Sendable): what is Prepared {
  return isObject(what) && "messages" in what;
}

function isList(drafts: Draft | readonly Draft[]): drafts is readonly Draft[] {
  return Array.isArray(drafts);
}

/** True for plain names, and false for names with conditions. */
export function isNames(value: Names | object): value is Names {
  return typeof value === "string" || Array.isArray(value);
}

function isResolved(targets: Targets): targets is Resolved {
  return isObject(targets) && "unmatched" in targets;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function emptyNodes(): StewardError {
  return new StewardError("noMatch", "no matching node: nodes is empty");
}

/** @throws StewardError badName */
export function assertNodeName(text: string): void {
  const fault = nodeNameFault(text);
  if (fault !== undefined) throw new StewardError("badName", fault);
}

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

/** A name, a pattern such as `ship*`, `@group` or `all`. Several names are given in a list, or separated by commas. */
export type Names = string | readonly string[];

/** A selection of nodes: names, names with conditions, or a result of `resolve`. */
export type Targets = Names | NarrowedTargets | Resolved;

/**
 * The nodes that meet all these conditions. At least one condition is required, so that a missing name never selects
 * all nodes.
 */
export interface NarrowedTargets {
  /**
   * Default: all nodes that meet the other conditions. The key may be missing, but its value must not be `undefined`.
   */
  readonly nodes?: Names;
  /**
   * Labels that a node must have. The value of a label may contain `*`. Labels may also be texts such as `site=oslo`.
   */
  readonly label?: Readonly<Record<string, string>> | readonly string[] | undefined;
  readonly exclude?: Names | undefined;
  /** Only nodes on which an earlier message ended in one of these states. Default: all states except `succeeded`. */
  readonly only?: { readonly id: string; readonly states?: readonly Ending[] | undefined } | undefined;
  /** At most this number or this percentage of the nodes, selected at random. */
  readonly limit?: number | `${number}%` | undefined;
  /** The same seed selects the same nodes again. */
  readonly seed?: string | undefined;
}

/** A message to send, and the nodes that receive the message. */
export interface Draft {
  readonly nodes: Targets;
  /** The work to do: `exec`, `shell`, `ping`, `log`, or a handler of your own. */
  readonly subject: string;
  /** Default: `event` for the subjects `log` and `error`, and `command` for all other subjects. */
  readonly type?: MessageType | undefined;
  readonly data?: readonly string[] | undefined;
  /** A message does not run twice if it is sent again with the same id. */
  readonly id?: string | undefined;
  readonly from?: string | undefined;
  /** The longest time of one run. Default: the setting of the node. */
  readonly timeout?: Duration | undefined;
  /** The number of retries after a failure. */
  readonly retries?: number | undefined;
  /** The wait before the first retry. It doubles with each retry. */
  readonly retryWait?: Duration | undefined;
  /** The message may only start within this time after the broker stored it. */
  readonly expires?: Duration | undefined;
  /** With `atMostOnce`, the message does not run again after a crash during a run. */
  readonly delivery?: "atLeastOnce" | "atMostOnce" | undefined;
  /** A node that also receives the result, as an event with this subject. */
  readonly reply?: { readonly node: string; readonly subject: string } | undefined;
}

/** Messages that are ready to send. A program can check the messages, or ask a person, before any message is stored. */
export interface Prepared {
  readonly messages: readonly Message[];
  /** The nodes that will receive the messages. */
  readonly nodes: readonly string[];
  /** Patterns that match no node. If labels are given, also the names of nodes that were never seen. */
  readonly unmatched: readonly string[];
  /** True if the caller gave an id. A message with this id may have been sent before. */
  readonly known: boolean;
  /** Nodes that were certainly seen before. Other nodes may be known too. */
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

/** Checks a draft, and returns the draft without its nodes. @throws StewardError badMessage, tooLarge */
export function templateOf({ nodes: _nodes, type, ...draft }: Draft): Template {
  const { nodes: _someNode, ...template } = parseDraft({ ...draft, messageType: type, node: "some-node" });
  return template;
}

/**
 * Finds the nodes of a selection. A plain name may belong to an unknown node. For plain names, no request to the broker
 * is needed.
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

/** The keys of `NarrowedTargets`. Unknown keys are refused, because a misspelt condition would select all nodes. */
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

/** The form of `nodes` inside a draft. With this form, an error about the nodes names the key `nodes`. */
const targetsForm = v.object({ nodes: narrowedForm });

/** Parses and checks a selection of nodes. @throws StewardError badMessage, badName, usage */
export function specOf(targets: Names | NarrowedTargets): TargetSpec {
  // A text needs no check against the schema.
  if (typeof targets !== "string") assertTargets(targets);
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

/**
 * Throws if the value is not a selection of nodes. A JavaScript program could pass a wrong value.
 * @throws StewardError badMessage
 */
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

import { randomInt } from "node:crypto";
import { parseDraft, type Template } from "../protocol/draft.ts";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import type { Message } from "../protocol/message.ts";
import type { MessageType } from "../protocol/subjects.ts";
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

/** One name, a pattern such as `ship*`, `@group` or `all`; or several of them, in a list or with commas between. */
export type Names = string | readonly string[];

/** The nodes that are meant: names, or names that are narrowed, or what `resolve` found. */
export type Targets = Names | NarrowedTargets | Resolved;

/** Nodes to which all of this applies. */
export interface NarrowedTargets {
  /** Unless given: all. */
  readonly nodes?: Names | undefined;
  /** Labels that a node must have; a value may hold `*`. Also as texts such as `site=oslo`. */
  readonly label?: Readonly<Record<string, string>> | readonly string[] | undefined;
  readonly exclude?: Names | undefined;
  /** Only where an earlier message ended in one of these states; unless given: in any but `succeeded`. */
  readonly only?: { readonly id: string; readonly states?: readonly Ending[] | undefined } | undefined;
  /** So many of them at most, or a part of them, drawn at random. */
  readonly limit?: number | `${number}%` | undefined;
  /** Draws the same nodes again. */
  readonly seed?: string | undefined;
}

/** What is to be sent, and to which nodes. */
export interface Draft {
  readonly nodes: Targets;
  /** What to do: `exec`, `shell`, `ping`, `log`, or a handler of your own. */
  readonly subject: string;
  /** Unless given: `event` for `log` and `error`, else `command`. */
  readonly type?: MessageType | undefined;
  readonly data?: readonly string[] | undefined;
  /** A message of an id that was sent before does not run twice. */
  readonly id?: string | undefined;
  readonly from?: string | undefined;
  /** How long one run may last; unless given, as the node is configured. */
  readonly timeout?: Duration | undefined;
  /** How many more runs a failure may have. */
  readonly retries?: number | undefined;
  /** The wait before the first retry; it doubles with each. */
  readonly retryWait?: Duration | undefined;
  /** How long after it was stored the message may still start. */
  readonly expires?: Duration | undefined;
  /** `atMostOnce`: it does not run again after a crash in the middle of a run. */
  readonly delivery?: "atLeastOnce" | "atMostOnce" | undefined;
  /** Sends the result as an event to a node too. */
  readonly reply?: { readonly node: string; readonly subject: string } | undefined;
}

/** What is ready to be sent: so a program can look, or ask a person, before anything is stored. */
export interface Prepared {
  readonly messages: readonly Message[];
  /** The nodes that it would reach. */
  readonly nodes: readonly string[];
  /** Patterns that match no node, and names of unknown nodes that a label leaves out. */
  readonly unmatched: readonly string[];
  /** An id was given, under which something may have been sent before. */
  readonly known: boolean;
  /** Nodes that are known to have been seen. */
  readonly seen: ReadonlySet<string>;
}

/** What can be sent. */
export type Sendable = Draft | readonly Draft[] | Prepared;

/** @throws StewardError badMessage, badName, tooLarge, noMatch, notFound */
export async function prepare(session: Session, what: Sendable): Promise<Prepared> {
  if ("messages" in what) return what;
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
  if ((draft.nodes as unknown) === undefined) throw new StewardError("badMessage", "nodes is missing");
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
 * Finds out which nodes are meant. Plain names need not be known, and cost nothing.
 * @throws StewardError badName, noMatch, notFound
 */
export async function resolve({ broker }: Session, targets: Targets): Promise<Resolved> {
  if (isResolved(targets)) return targets;
  const spec = specOf(targets);
  const names = plainNames(spec);
  if (names?.length === 0) throw new StewardError("noMatch", "nodes is empty, so no node matches");
  if (names !== undefined) return { nodes: names, unmatched: [] };
  const { resolveTargets } = await import("../send/targets.ts");
  return resolveTargets(broker, spec);
}

function specOf(targets: Names | NarrowedTargets): TargetSpec {
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

function isList(drafts: Draft | readonly Draft[]): drafts is readonly Draft[] {
  return Array.isArray(drafts);
}

/** True for names, rather than for what narrows them. */
export function isNames(value: Names | object): value is Names {
  return typeof value === "string" || Array.isArray(value);
}

function isResolved(targets: Targets): targets is Resolved {
  return typeof targets === "object" && "unmatched" in targets;
}

import { StewardError } from "../protocol/errors.ts";
import type { MessageType } from "../protocol/subjects.ts";
import { parseTargets } from "../protocol/targets.ts";
import type { Moment } from "../state/history.ts";
import type { Selection } from "../state/selection.ts";
import { resolve, type Names, type Targets } from "./draft.ts";
import type { Signal } from "./options.ts";
import type { Session } from "./session.ts";
import { parseDuration, type Duration } from "../util/duration.ts";

/** Selects messages. Default: all messages. In a name, `*` matches any characters. */
export interface Filter extends Signal {
  readonly nodes?: Targets | undefined;
  readonly subject?: Names | undefined;
  readonly type?: MessageType | undefined;
  readonly id?: Names | undefined;
}

/** @throws StewardError badName, noMatch, notFound */
export async function selectionOf(session: Session, { nodes, subject, type, id }: Filter): Promise<Selection> {
  return {
    messageType: type,
    subjects: listOf(subject),
    ids: listOf(id),
    nodes: nodes === undefined ? [] : await patternsOf(session, nodes),
  };
}

/**
 * The names and patterns to compare with the nodes of messages. For names and patterns, the broker is not asked, so a
 * node may be unknown. Groups and conditions become the names of their nodes.
 */
async function patternsOf(session: Session, nodes: Targets): Promise<readonly string[]> {
  const words = typeof nodes === "string" || Array.isArray(nodes) ? listOf(nodes as Names) : undefined;
  const targets = words?.flatMap(parseTargets);
  if (targets?.some(({ kind }) => kind === "all") === true) return [];
  if (words !== undefined && targets?.every(({ kind }) => kind !== "group") === true) return words;
  return (await resolve(session, nodes)).nodes;
}

/** The names in a list, or in a text with commas between the names. */
function listOf(names: Names | undefined): string[] {
  return [names ?? []].flat().flatMap((text) => text.split(",").map((name) => name.trim()));
}

/** A point in time: a date, or a duration before now by the broker's clock. @throws StewardError usage */
export function momentOf(moment: Duration | Date | undefined, name: string): Moment | undefined {
  if (moment === undefined) return undefined;
  if (moment instanceof Date) return assertDate(moment, name);
  const agoMs = parseDuration(moment);
  if (agoMs !== undefined) return { agoMs };
  throw new StewardError(
    "usage",
    `${name} ${JSON.stringify(moment)} is not a duration; write one such as "2h", or a date`,
  );
}

/**
 * Returns the date. Throws if the date is invalid, because it was made from a text that JavaScript cannot read.
 * @throws StewardError usage
 */
export function assertDate(date: Date, name: string): Date {
  if (Number.isNaN(date.getTime())) throw new StewardError("usage", `${name} is an invalid date`);
  return date;
}

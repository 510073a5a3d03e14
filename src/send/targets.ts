import type { Broker } from "../broker/connection/broker.ts";
import { kvEntries } from "../broker/read/bucket.ts";
import { readStream } from "../broker/read/read-stream.ts";
import { parseAck, type Ack } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";
import { hasLabel, labelsIn } from "../protocol/labels.ts";
import { ackFilter, keyOf } from "../protocol/subjects.ts";
import { limited, type Ending, type Only, type Target, type TargetSpec } from "../protocol/targets.ts";
import { readGroups } from "../state/groups.ts";
import { addressesOf } from "../state/places.ts";
import { readStandings } from "../state/read-standings.ts";
import { endingOf } from "../state/standing.ts";
import { byName } from "../util/by-name.ts";
import { closest } from "../util/closest.ts";
import { parseJson } from "../util/parse-bytes.ts";

/** A resolved selection of nodes. */
export interface Targets {
  /** The nodes without duplicates, in the given order. The matches of a pattern are in alphabetical order. */
  readonly nodes: readonly string[];
  /** The nodes that were seen before. Undefined if the broker was not asked. */
  readonly seen?: ReadonlySet<string>;
  /**
   * Patterns without a match. If labels are given, also the given nodes that were never seen, because their labels are
   * unknown.
   */
  readonly unmatched: readonly string[];
}

/**
 * Finds the nodes of a selection, with the nodes and groups that the broker knows. A node that is given by its name may
 * be unknown.
 * @throws StewardError noMatch if no node matches; notFound for an unknown id in `only`; streamsMissing
 */
export async function resolveTargets(broker: Broker, spec: TargetSpec): Promise<Targets> {
  const { include, exclude, labels, only, limit, seed } = spec;
  const named = [...include, ...exclude].some(({ kind }) => kind === "group");
  const [seen, groups, endings] = await Promise.all([
    seenNodes(broker),
    named ? readGroups(broker) : new Map<string, readonly string[]>(),
    only === undefined ? undefined : endingsOf(broker, only.id),
  ]);
  const names = [...seen.keys()].toSorted(byName);
  const namesOf = (target: Target): readonly string[] => expanded(target, names, groups);
  const excluded = new Set(exclude.flatMap(namesOf));
  const meant = [...new Set(include.flatMap(namesOf))].filter((name) => {
    const its = seen.get(name) ?? new Map<string, string>();
    return (
      !excluded.has(name) &&
      labels.every((label) => hasLabel(its, label)) &&
      (only === undefined || endedSo(endings?.get(name), only))
    );
  });
  const nodes = limited(meant, limit, seed);
  if (nodes.length === 0) {
    throw new StewardError("noMatch", "no matching node; `steward nodes` lists the known ones");
  }
  const patterns = include.filter((target) => target.kind === "glob");
  const empty = patterns.filter((target) => namesOf(target).length === 0).map(({ source }) => source);
  // The labels of a node that was never seen are unknown, so it does not match. It is reported, because its name may be
  // a typing mistake.
  const unknown = labels.length === 0 ? [] : include.flatMap(namesOf).filter((name) => !seen.has(name));
  return { nodes, seen: new Set(seen.keys()), unmatched: [...empty, ...new Set(unknown)] };
}

/** All nodes on which a daemon ever ran, with their labels. */
async function seenNodes(broker: Broker): Promise<Map<string, ReadonlyMap<string, string>>> {
  const entries = await kvEntries(broker, broker.names.nodesBucket, "*.info");
  return new Map([...entries].map(([key, info]) => [key.split(".")[0] ?? "", labelsIn(parseJson(info))]));
}

function expanded(
  target: Target,
  names: readonly string[],
  groups: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  if (target.kind === "name") return [target.name];
  if (target.kind === "all") return names;
  if (target.kind === "glob") return names.filter(target.fits);
  const group = groups.get(target.name);
  if (group !== undefined) return group;
  const meant = closest(target.name, groups.keys());
  const hint = meant === undefined ? "`steward group ls` lists the groups" : `did you mean @${meant}?`;
  throw new StewardError("noMatch", `group @${target.name} not found; ${hint}`);
}

/**
 * The endings of a message on each of its nodes. A node may have several endings, because an id may be used in several
 * lanes of a node.
 */
async function endingsOf(broker: Broker, id: string): Promise<Map<string, Ending[]>> {
  const { names, namespace } = broker;
  const addresses = await addressesOf(broker, id);
  const acks = new Map<string, Ack>();
  const filters = [ackFilter(namespace, { id })];
  for await (const { data } of readStream(broker, names.acks, { filters, from: "first" })) {
    const ack = parseAck(data);
    if (ack !== undefined) acks.set(keyOf(ack), ack);
  }
  // A message without an ACK may have expired in the queue although its node has not written the final ACK yet.
  const asked = addresses.map((address) => ({ address, ack: acks.get(keyOf(address)) }));
  const standings = await readStandings(broker, asked, { asksDaemons: false });
  const endings = new Map<string, Ending[]>();
  for (const [at, { node }] of addresses.entries()) {
    const one = standings[at];
    endings.set(node, [...(endings.get(node) ?? []), one === undefined ? "pending" : endingOf(one)]);
  }
  return endings;
}

function endedSo(endings: readonly Ending[] | undefined, { states }: Only): boolean {
  return endings?.some((ending) => states.includes(ending)) === true;
}

import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../broker/connection/broker.ts";
import { lastOnSubject } from "../broker/read/direct-get.ts";
import { subjectsIn } from "../broker/read/stream-info.ts";
import { StewardError } from "../protocol/errors.ts";
import { closest } from "../util/closest.ts";
import { inParallel } from "../util/in-parallel.ts";

const requestsAtOnce = 100;

/** What to say of a name that nobody knows. */
export async function unknownNode(broker: Broker, node: string): Promise<StewardError> {
  const meant = hint(await lookAlikes(broker, [node]));
  return new StewardError("neverSeen", `no node ${node} has ever been seen; ${meant}see \`steward nodes\``);
}

/** For so many names it is looked for one that resembles, and for so long, in milliseconds: it is only a hint. */
const mostHints = 10;
const hintWait = 1000;

/** The nodes that names never seen most likely stand for. Asks the broker only when there are such names. */
export async function lookAlikes(broker: Broker, unseen: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (unseen.length === 0) return new Map();
  const tooLate = delay<string[]>(hintWait, [], { ref: false });
  const known = await Promise.race([knownNames(broker).catch(() => []), tooLate]);
  const meant = unseen.slice(0, mostHints).map((name) => {
    // Where ship1 is known, ship2 is rather a new one than a mistake.
    const others = known.filter((one) => withoutDigits(one) !== withoutDigits(name));
    return [name, closest(name, others)] as const;
  });
  return new Map(meant.flatMap(([name, one]) => (one === undefined ? [] : [[name, one]])));
}

function withoutDigits(name: string): string {
  return name.replaceAll(/\d+/g, "0");
}

async function knownNames(broker: Broker): Promise<string[]> {
  const { nodesBucket } = broker.names;
  const prefix = `$KV.${nodesBucket}.`;
  const entries = await subjectsIn(broker, `KV_${nodesBucket}`, `${prefix}*.info`);
  return [...entries.keys()].map((subject) => subject.slice(prefix.length, -".info".length));
}

/** Names without the entry that a daemon writes at each start. A queue alone is no sign: a misspelt name has one too. */
export async function neverSeen(broker: Broker, nodes: readonly string[]): Promise<string[]> {
  const { nodesBucket } = broker.names;
  const seen = await inParallel(nodes, requestsAtOnce, async (node) => {
    const entry = lastOnSubject(broker, `KV_${nodesBucket}`, `$KV.${nodesBucket}.${node}.info`);
    return entry.then((found) => found !== undefined && found.data.length > 0).catch(() => true);
  });
  return nodes.filter((_node, index) => seen[index] !== true);
}

/** Asks which names were meant, as a message's next part; empty when nobody can tell. */
export function hint(meant: ReadonlyMap<string, string>): string {
  return meant.size === 0 ? "" : `did you mean ${[...new Set(meant.values())].join(" or ")}? `;
}

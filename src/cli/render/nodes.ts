import type { Node } from "../../client/nodes.ts";
import { typeAndSubject } from "../../protocol/subjects.ts";
import { failedLanes, lastOutcome, type NodeState } from "../../state/nodes.ts";
import { ago, table } from "./table.ts";

const head = ["NODE", "STATE", "SEEN", "QUEUED", "RUNNING", "LAST", "WHEN", "FAILING", "HELD", "VERSION", "HOST"];

/** Nodes as a table. The column FAILING has the lanes whose latest outcome is a failure. */
export function nodesTable(nodes: readonly Node[]): string[] {
  return table(head, nodes.map(row));
}

function row(state: Node): string[] {
  const last = lastOutcome(state);
  const since = (at: string | undefined): string =>
    at === undefined ? "-" : ago(Date.parse(at), state.asOf.getTime());
  return [
    state.node,
    stateWord(state),
    since(state.lastSeen),
    String(state.queued),
    String(state.running),
    last === undefined ? "-" : `${typeAndSubject(last)} ${last.state}`,
    since(last?.at),
    String(failedLanes(state).length),
    heldText(state) || "-",
    infoText(state, "version") ?? "-",
    state.presence?.host ?? infoText(state, "host") ?? "-",
  ];
}

/** The state of a node as one word. `degraded` means that the node is up but cannot do everything. */
export function stateWord({ up, troubles }: Pick<NodeState, "up" | "troubles">): string {
  if (!up) return "down";
  return troubles.length === 0 ? "up" : "degraded";
}

/** The number of held lanes of each kind: `quarantined 1, paused 2`. Empty if no lane is held. */
function heldText({ holds }: Pick<NodeState, "holds">): string {
  const counts = new Map<string, number>([
    ["quarantined", 0],
    ["paused", 0],
  ]);
  for (const { state } of holds) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].flatMap(([kind, count]) => (count === 0 ? [] : [`${kind} ${count}`])).join(", ");
}

/** A text from the info of a node. */
export function infoText({ info }: Pick<NodeState, "info">, key: string): string | undefined {
  const value = info?.[key];
  return typeof value === "string" ? value : undefined;
}

/**
 * A node as one line. The line contains everything that may change except the time: `ship1 up queued=0 running=1 …`.
 */
export function nodeLine(state: NodeState): string {
  const last = lastOutcome(state);
  const counts = {
    queued: state.queued,
    running: state.running,
    failing: failedLanes(state).length,
    quarantined: state.holds.filter(({ state: held }) => held === "quarantined").length,
    // This number includes holds of unknown kinds, which a newer version of Steward has set.
    paused: state.holds.filter(({ state: held }) => held !== "quarantined").length,
    last: last === undefined ? "-" : `${typeAndSubject(last)}:${last.state}:${last.id}`,
    version: infoText(state, "version") ?? "-",
  };
  const parts = Object.entries(counts).map(([name, value]) => `${name}=${value}`);
  return [state.node, stateWord(state), ...parts].join(" ");
}

/** The `--json` output for one node. */
export function nodeJson({ labels: _inInfo, asOf: _now, ...state }: Node): object {
  return stateJson(state);
}

/** The state of a node, as in the `--json` output. */
export function stateJson(state: NodeState): object {
  return { ...state, lastOutcome: lastOutcome(state), failures: failedLanes(state).length };
}

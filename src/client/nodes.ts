import { labelsIn } from "../protocol/labels.ts";
import type { LaneReport } from "../protocol/control.ts";
import { nodeNameFault } from "../protocol/subjects.ts";
import { StewardError } from "../protocol/errors.ts";
import { Feed } from "../state/feed.ts";
import { unknownNode } from "../state/known-nodes.ts";
import { controlNode } from "../state/control-node.ts";
import { readLanes, type NodeLanes } from "../state/lanes.ts";
import { onNodeChanges } from "../state/node-changes.ts";
import { readNode, type NodePage } from "../state/node-page.ts";
import { readNodes, type NodeState } from "../state/nodes.ts";
import { resolve, type Targets } from "./draft.ts";
import type { Signal } from "./options.ts";
import type { Session } from "./session.ts";

/** What is known of a node. */
export interface Node extends NodeState {
  readonly labels: Readonly<Record<string, string>>;
  /** When it was read, by the broker's clock. */
  readonly asOf: Date;
}

/** The nodes that are known, by name. @throws StewardError badName, noMatch, streamsMissing */
export function nodes(session: Session, targets?: Targets, options: Signal = {}): Promise<readonly Node[]> {
  return session.run(options, async () => {
    const meant = targets === undefined ? undefined : new Set((await resolve(session, targets)).nodes);
    const [only, another] = meant ?? [];
    const read = await readNodes(session.broker, another === undefined ? only : undefined);
    const asOf = new Date(read.asOf);
    const found = read.nodes.filter((state) => meant?.has(state.node) !== false);
    return found.map((state) => ({ ...state, labels: Object.fromEntries(labelsIn(state.info)), asOf }));
  });
}

/** All that is known of one node. @throws StewardError neverSeen, badName */
export function node(session: Session, name: string, options: Signal = {}): Promise<NodePage> {
  return session.run(options, async () => {
    assertName(name);
    const page = await readNode(session.broker, name);
    if (page === undefined) throw await unknownNode(session.broker, name);
    return page;
  });
}

/**
 * Says that something about a node may have changed: a heartbeat, an ACK, a hold. Whatever happens while the program deals
 * with one change is one further change. Not everything is heard; who must know reads now and then.
 */
export function nodeChanges(session: Session, options: Signal = {}): AsyncIterable<void> {
  return session.read(options, async function* (ended) {
    const changes = new Feed<void>(1);
    onNodeChanges(session.broker, ended, () => changes.push()).then(
      () => changes.end(),
      (error: unknown) => changes.end(error instanceof Error ? error : new Error(String(error))),
    );
    yield* changes;
  });
}

/** What a node's daemon says of its lanes; without the daemon, what the broker knows of them. @throws StewardError neverSeen */
export function daemon(session: Session, name: string, options: Signal = {}): Promise<NodeLanes> {
  return session.run(options, async () => {
    assertName(name);
    return readLanes(session.broker, name);
  });
}

/** A lane of a node: the messages of one type and subject, which run in their order. */
export interface Lane extends LaneReport {
  /** Its name, such as `command.exec`. */
  readonly lane: string;
  /** Why it starts no message, if it does not. */
  readonly held?: string | undefined;
}

/** The lanes in which something waits or runs, or which are held, by name. @throws StewardError neverSeen */
export async function lanes(session: Session, name: string, options?: Signal): Promise<readonly Lane[]> {
  const { lanes: reports } = await daemon(session, name, options);
  return reports.map((report) => ({ ...report, lane: report.name, held: report.hold?.reason }));
}

export interface ControlOptions extends Signal {
  /** Who asks for it; unless given, as the client was told. */
  readonly from?: string | undefined;
  /** Why, for others to see. */
  readonly reason?: string | undefined;
}

export type LaneVerb = "pause" | "resume" | "restart";
/** `drain`: start no more messages until `resume`. `stop`: end the daemon. */
export type DaemonVerb = "drain" | "resume" | "stop";

/** Has a node's daemon do something, with one lane or as a whole. @throws StewardError refused, nodeDown, nodeSilent, neverSeen */
export async function control(
  session: Session,
  name: string,
  verb: LaneVerb | DaemonVerb,
  { lane, from = session.from, reason, ...options }: ControlOptions & { readonly lane?: string } = {},
): Promise<void> {
  await session.run(options, async () => {
    assertName(name);
    return controlNode(session.broker, name, verb, { lane, by: from, reason });
  });
}

function assertName(name: string): void {
  const fault = nodeNameFault(name);
  if (fault !== undefined) throw new StewardError("badName", fault);
}

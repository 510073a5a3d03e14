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

/** What is known about a node. */
export interface Node extends NodeState {
  readonly labels: Readonly<Record<string, string>>;
  /** When it was read, by the broker's clock. */
  readonly asOf: Date;
}

/** The known nodes, by name. @throws StewardError badName, noMatch, streamsMissing */
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

/** Everything about one node. @throws StewardError neverSeen, badName */
export function node(session: Session, name: string, options: Signal = {}): Promise<NodePage> {
  return session.run(options, async () => {
    assertName(name);
    const page = await readNode(session.broker, name);
    if (page === undefined) throw await unknownNode(session.broker, name);
    return page;
  });
}

/**
 * Yields when something about a node may have changed: a heartbeat, an ACK, a hold. Changes during the handling of one
 * are combined into one. Some changes are not noticed, so a program should also read the nodes from time to time.
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

/**
 * The lanes of a node as its daemon reports them, or the broker if the daemon does not answer.
 * @throws StewardError neverSeen
 */
export function daemon(session: Session, name: string, options: Signal = {}): Promise<NodeLanes> {
  return session.run(options, async () => {
    assertName(name);
    return readLanes(session.broker, name);
  });
}

/** A lane of a node: the messages of one type and subject, which run in order. */
export interface Lane extends LaneReport {
  /** Its name, such as `command.exec`. */
  readonly lane: string;
  /** Why the lane is held; not set when it is not held. */
  readonly held?: string | undefined;
}

/** The lanes that are held, or that have waiting or running messages, by name. @throws StewardError neverSeen */
export async function lanes(session: Session, name: string, options?: Signal): Promise<readonly Lane[]> {
  const { lanes: reports } = await daemon(session, name, options);
  return reports.map((report) => ({ ...report, lane: report.name, held: report.hold?.reason }));
}

export interface ControlOptions extends Signal {
  /** The operator's name; default: the client's. */
  readonly from?: string | undefined;
  /** The reason, for other operators. */
  readonly reason?: string | undefined;
}

export type LaneVerb = "pause" | "resume" | "restart";
/** `drain`: start no more messages until `resume`. `stop`: end the daemon. */
export type DaemonVerb = "drain" | "resume" | "stop";

/**
 * Sends a control request to a node's daemon, for one lane or the whole.
 * @throws StewardError refused, nodeDown, nodeSilent, neverSeen
 */
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

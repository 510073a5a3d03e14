import { labelsIn } from "../protocol/labels.ts";
import { Feed } from "../state/feed.ts";
import { unknownNode } from "../state/known-nodes.ts";
import { onNodeChanges } from "../state/node-changes.ts";
import type { NodePage } from "../state/node-page.ts";
import { readNodes, type NodeState } from "../state/nodes.ts";
import { assertNodeName, resolve, type Targets } from "./draft.ts";
import type { Signal } from "./options.ts";
import type { Session } from "./session.ts";

/** The known state of a node. */
export interface Node extends NodeState {
  readonly labels: Readonly<Record<string, string>>;
  /** The time at which the node was read, by the broker's clock. */
  readonly asOf: Date;
}

/** The known nodes, sorted by name. @throws StewardError badName, noMatch, streamsMissing */
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

/** All known data about one node. @throws StewardError neverSeen, badName */
export function node(session: Session, name: string, options: Signal = {}): Promise<NodePage> {
  return session.run(options, async () => {
    assertNodeName(name);
    const { readNode } = await import("../state/node-page.ts");
    const page = await readNode(session.broker, name);
    if (page === undefined) throw await unknownNode(session.broker, name);
    return page;
  });
}

/**
 * Yields when the state of a node may have changed, for example by a heartbeat, an ACK or a hold. If several changes
 * happen before the reader asks for the next item, it yields once for all of them. Some changes are not noticed, so a
 * program should also read the nodes from time to time.
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

import type { FinalState } from "../protocol/ack.ts";
import { replayOf } from "../operate/replay.ts";
import { StewardError } from "../protocol/errors.ts";
import { assertTargets, isNames, resolve, type NarrowedTargets, type Prepared, type Targets } from "./draft.ts";
import type { Signal } from "./options.ts";
import type { Session } from "./session.ts";

/** Which messages to send again, and to which nodes. */
export interface ReplayTargets extends Signal {
  /** Only messages that ended in one of these states. */
  readonly only?: readonly FinalState[] | undefined;
  /** Only messages to these nodes. */
  readonly nodes?: Targets | undefined;
  /** Sends the message to this node instead. `nodes` must then be one name. */
  readonly to?: string | undefined;
}

/**
 * Creates a message again from the log, with a new id.
 * @throws StewardError notFound, noMatch, badMessage, badName, usage
 */
export function prepareReplay(session: Session, id: string, options: ReplayTargets = {}): Promise<Prepared> {
  const { only, nodes, to } = options;
  return session.run(options, async () => {
    if (nodes !== undefined) assertTargets(nodes);
    const node = nodes === undefined ? undefined : nameOf(nodes);
    if (to !== undefined && nodes !== undefined && node === undefined) {
      throw new StewardError("usage", "with `to`, `nodes` must be the name of one node");
    }
    const messages = await replayOf(session.broker, id, { node, to, only });
    const went = [...new Set(messages.map((message) => message.node))];
    if (nodes === undefined || node !== undefined) return preparedOf(messages, { nodes: went, unmatched: [] });
    const isNarrowed = !isNames(nodes) && !("unmatched" in nodes);
    const meant = await resolve(session, isNarrowed ? { nodes: went, ...nodes } : nodes);
    return preparedOf(
      messages.filter((message) => meant.nodes.includes(message.node)),
      meant,
    );
  });
}

function preparedOf(
  messages: Prepared["messages"],
  { unmatched, seen = new Set() }: Pick<Prepared, "nodes" | "unmatched"> & Partial<Pick<Prepared, "seen">>,
): Prepared {
  if (messages.length === 0)
    throw new StewardError("noMatch", "no matching node: the message was sent to none of these nodes");
  const nodes = [...new Set(messages.map(({ node }) => node))];
  return { messages, nodes, unmatched, known: false, seen };
}

/** Returns the name of the node. Undefined if the selection is not one name without conditions. */
function nameOf(targets: Targets): string | undefined {
  if (isNames(targets)) {
    const [name = "", another] = [targets].flat();
    return another === undefined && /^[\w-]+$/.test(name) && name !== "all" ? name : undefined;
  }
  const { nodes, ...rest }: NarrowedTargets = targets;
  return Object.values(rest).every((value) => value === undefined) && nodes !== undefined ? nameOf(nodes) : undefined;
}

import { StewardError } from "../protocol/errors.ts";
import { nodeNameFault } from "../protocol/subjects.ts";
import { forgetNode, tracesOf, type Forgotten, type Traces } from "../operate/forget.ts";
import { unknownNode } from "../state/known-nodes.ts";
import type { Signal } from "./options.ts";
import type { Session } from "./session.ts";

export interface RetireOptions extends Signal {
  /** Who retires it, and cancels what is queued; unless given, as the client was told. */
  readonly from?: string | undefined;
  /** Called with what keeps it waiting. */
  readonly onDelay?: ((reason: string) => void) | undefined;
}

/** What the broker has of a node beside its log: what `retire` would remove. @throws StewardError nodeUp, neverSeen, badName */
export function traces(session: Session, node: string, options: Signal = {}): Promise<Traces> {
  return session.run(options, async () => {
    const fault = nodeNameFault(node);
    if (fault !== undefined) throw new StewardError("badName", fault);
    const found = await tracesOf(session.broker, node);
    if (found === undefined) throw await unknownNode(session.broker, node);
    return found;
  });
}

/**
 * Retires a node that is down: cancels what is queued for it, and removes its schedules, its place in groups and its
 * state. The log stays. What was interrupted can be done again.
 * @throws StewardError nodeUp, nodeTaken, neverSeen, notStored
 */
export async function retire(session: Session, node: string, options: RetireOptions = {}): Promise<Forgotten> {
  const { from = session.from, onDelay = () => undefined } = options;
  await traces(session, node, options);
  return session.run(options, (signal) => forgetNode(session.broker, node, { by: from, say: onDelay, signal }));
}

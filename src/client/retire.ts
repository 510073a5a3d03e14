import { forgetNode, tracesOf, type Forgotten, type Traces } from "../operate/forget.ts";
import { unknownNode } from "../state/known-nodes.ts";
import type { Signal, Until } from "./options.ts";
import { assertNodeName } from "./draft.ts";
import type { Session } from "./session.ts";

export interface RetireOptions extends Signal, Pick<Until, "enough"> {
  /** The operator's name, also for cancelling the queued messages; default: the client's. */
  readonly from?: string | undefined;
  /** Called with the reason for a delay. */
  readonly onDelay?: ((reason: string) => void) | undefined;
}

/**
 * Everything that the broker has of a node except its log, which `retire` would remove.
 * @throws StewardError nodeUp, neverSeen, badName
 */
export function traces(session: Session, node: string, options: Signal = {}): Promise<Traces> {
  return session.run(options, async () => {
    assertNodeName(node);
    const found = await tracesOf(session.broker, node);
    if (found === undefined) throw await unknownNode(session.broker, node);
    return found;
  });
}

/**
 * Retires a node that is down: cancels its queued messages, and removes its schedules, its state, and its name in
 * groups. The log stays. After an interruption it can be called again.
 * @throws StewardError nodeUp, nodeTaken, neverSeen, notStored
 */
export async function retire(session: Session, node: string, options: RetireOptions = {}): Promise<Forgotten> {
  const { from = session.from, onDelay = () => undefined } = options;
  await traces(session, node, options);
  return session.run(options, (signal) => forgetNode(session.broker, node, { by: from, say: onDelay, signal }));
}

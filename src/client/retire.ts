import { forgetNode, tracesOf, type Forgotten, type Traces } from "../operate/forget.ts";
import { unknownNode } from "../state/known-nodes.ts";
import type { Signal, Until } from "./options.ts";
import { assertNodeName } from "./draft.ts";
import type { Session } from "./session.ts";

export interface RetireOptions extends Signal, Pick<Until, "enough"> {
  /** The name of the operator who retires the node and cancels its queued messages. Default: `from` of the client. */
  readonly from?: string | undefined;
  /** Called with the reason for a delay. */
  readonly onDelay?: ((reason: string) => void) | undefined;
}

/**
 * The data of a node that `retire` would remove from the broker: all data except the log.
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
 * Retires a node that is down: cancels the queued messages of the node, and removes its schedules, its state, its
 * consumer, and its name in groups. The log stays. After an interruption, `retire` can be called again.
 * @throws StewardError nodeUp, nodeTaken, neverSeen, notStored
 */
export async function retire(session: Session, node: string, options: RetireOptions = {}): Promise<Forgotten> {
  const { from = session.from, onDelay = () => undefined } = options;
  await traces(session, node, options);
  return session.run(options, (signal) => forgetNode(session.broker, node, { by: from, say: onDelay, signal }));
}

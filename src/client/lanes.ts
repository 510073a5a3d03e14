import type { LaneReport } from "../protocol/control.ts";
import { controlNode } from "../state/control-node.ts";
import { readLanes, type NodeLanes } from "../state/lanes.ts";
import { assertNodeName } from "./draft.ts";
import type { Signal } from "./options.ts";
import type { Session } from "./session.ts";

/**
 * The lanes of a node as its daemon reports them, or the broker if the daemon does not answer.
 * @throws StewardError neverSeen
 */
export function daemon(session: Session, name: string, options: Signal = {}): Promise<NodeLanes> {
  return session.run(options, async () => {
    assertNodeName(name);
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
    assertNodeName(name);
    return controlNode(session.broker, name, verb, { lane, by: from, reason });
  });
}

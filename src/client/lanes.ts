import type { LaneReport } from "../protocol/control.ts";
import { controlNode } from "../state/control-node.ts";
import { readLanes, type NodeLanes } from "../state/lanes.ts";
import { assertNodeName } from "./draft.ts";
import type { Signal } from "./options.ts";
import type { Session } from "./session.ts";

/**
 * The lanes of a node, from its daemon. If the daemon does not answer, the lanes are read from the broker.
 * @throws StewardError neverSeen
 */
export function daemon(session: Session, name: string, options: Signal = {}): Promise<NodeLanes> {
  return session.run(options, async () => {
    assertNodeName(name);
    return readLanes(session.broker, name);
  });
}

/** A lane of a node. A lane runs the messages of one type and subject in order. */
export interface Lane extends LaneReport {
  /** The name of the lane, such as `command.exec`. */
  readonly lane: string;
  /** The reason why the lane is held. Not set if the lane is not held. */
  readonly held?: string | undefined;
}

/** The lanes that are held, or that have waiting or running messages, by name. @throws StewardError neverSeen */
export async function lanes(session: Session, name: string, options?: Signal): Promise<readonly Lane[]> {
  const { lanes: reports } = await daemon(session, name, options);
  return reports.map((report) => ({ ...report, lane: report.name, held: report.hold?.reason }));
}

export interface ControlOptions extends Signal {
  /** The name of the operator. Default: `from` of the client. */
  readonly from?: string | undefined;
  /** The reason for the request. Other operators can read the reason. */
  readonly reason?: string | undefined;
}

export type LaneVerb = "pause" | "resume" | "restart";
/** `drain`: the daemon starts no more messages until `resume`. `stop`: the daemon ends. */
export type DaemonVerb = "drain" | "resume" | "stop";

/**
 * Sends a control request to the daemon of a node, for one lane or for the whole daemon.
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

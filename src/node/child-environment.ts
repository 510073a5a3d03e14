import { identityText, parseIdentity, thisProcess } from "../exec/process-identity.ts";
import type { ProcessIdentity } from "../protocol/presence.ts";
import { isId, isToken, typeAndSubject, parseLaneName, type Address } from "../protocol/subjects.ts";

/** Variables that hold the daemon's secrets, or that belong to the process manager of the daemon. */
const secrets = /^(STEWARD_|NATS_|NOTIFY_SOCKET$|WATCHDOG_|LISTEN_)/;

/** The environment that child processes inherit: the daemon's environment without `secrets`. */
export function inheritedEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !secrets.test(name)));
}

/**
 * The prefix of all marks. The variable of an option must not begin with this prefix, because a command may start a
 * daemon too.
 */
export const markPrefix = "STEWARD_RUN_";

const thisDaemon = identityText(thisProcess());

/** The daemon process that started a child process. The marks of the child process name the daemon process. */
export interface StartedBy {
  readonly namespace: string;
  readonly node: string;
  readonly instance: string;
  readonly daemon: ProcessIdentity;
}

/** The run of a process. The marks of the process name the run. */
export interface Run extends Omit<StartedBy, "node"> {
  readonly address: Address;
}

/**
 * The common environment of all child processes of this daemon: the inherited environment and the daemon's marks. A
 * starter forks children in advance (record 28). Such a child has the daemon's marks, but not the marks of a run, as
 * long as it waits for its program.
 */
export function commonEnvironment(
  inherited: NodeJS.ProcessEnv,
  { namespace, node, instance }: Omit<StartedBy, "daemon">,
): NodeJS.ProcessEnv {
  return {
    ...inherited,
    STEWARD_RUN_NAMESPACE: namespace,
    STEWARD_RUN_NODE: node,
    STEWARD_RUN_INSTANCE: instance,
    STEWARD_RUN_DAEMON: thisDaemon,
  };
}

/**
 * The environment of the processes of one run: `common` from `commonEnvironment`, with the run's lane and id. If this
 * daemon crashes, the next daemon finds these variables in the processes that still run, and ends those processes.
 */
export function childEnvironment(common: NodeJS.ProcessEnv, address: Omit<Address, "node">): NodeJS.ProcessEnv {
  return { ...common, STEWARD_RUN_LANE: typeAndSubject(address), STEWARD_RUN_ID: address.id };
}

/** Reads marks. Undefined if a mark is missing, or if a mark has a value that a daemon does not write. */
export function parseMarks(marks: NodeJS.ProcessEnv): Run | undefined {
  const { STEWARD_RUN_LANE: lane = "", STEWARD_RUN_ID: id = "" } = marks;
  const startedBy = parseStartedBy(marks);
  const work = parseLaneName(lane);
  if (startedBy === undefined || work === undefined || !isId(id)) return undefined;
  const { node, ...rest } = startedBy;
  return { ...rest, address: { node, ...work, id } };
}

/** Reads the marks of a starter's child that waits for its program. Undefined for other processes. */
export function parseWaitingMarks(marks: NodeJS.ProcessEnv): StartedBy | undefined {
  return marks["STEWARD_RUN_LANE"] === undefined ? parseStartedBy(marks) : undefined;
}

function parseStartedBy(marks: NodeJS.ProcessEnv): StartedBy | undefined {
  const {
    STEWARD_RUN_NAMESPACE: namespace = "",
    STEWARD_RUN_NODE: node = "",
    STEWARD_RUN_INSTANCE: instance = "",
  } = marks;
  const daemon = parseIdentity(marks["STEWARD_RUN_DAEMON"] ?? "");
  if (daemon === undefined || ![namespace, node, instance].every(isToken)) return undefined;
  return { namespace, node, instance, daemon };
}

import { identityText, parseIdentity, thisProcess } from "../exec/process-identity.ts";
import type { ProcessIdentity } from "../protocol/presence.ts";
import { isId, isToken, typeAndSubject, parseLaneName, type Address } from "../protocol/subjects.ts";

/** Variables that hold what only the daemon may know, or that belong to the process manager above it. */
const secrets = /^(STEWARD_|NATS_|NOTIFY_SOCKET$|WATCHDOG_|LISTEN_)/;

/** What child processes inherit: the daemon's own environment without its secrets. */
export function inheritedEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !secrets.test(name)));
}

/** What the names of all marks begin with. No option may have such a variable: a command may start a daemon too. */
export const markPrefix = "STEWARD_RUN_";

const thisDaemon = identityText(thisProcess());

/** The life of a daemon that started a process. */
export interface Life {
  readonly namespace: string;
  readonly node: string;
  readonly instance: string;
  readonly daemon: ProcessIdentity;
}

/** Whose work a process does, as its marks tell. */
export interface Run extends Omit<Life, "node"> {
  readonly address: Address;
}

/**
 * What the environments of all child processes of one life of the daemon have in common: what they inherit, with the
 * marks of that life. A process that has only these, without those of a run, waits to become a program.
 */
export function lifeEnvironment(
  inherited: NodeJS.ProcessEnv,
  { namespace, node, instance }: Omit<Life, "daemon">,
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
 * The environment of a run's child process: `life`, as `lifeEnvironment` gives it, with the marks of the run, by which a
 * later life of the daemon recognises what this one left running.
 */
export function childEnvironment(life: NodeJS.ProcessEnv, address: Omit<Address, "node">): NodeJS.ProcessEnv {
  return { ...life, STEWARD_RUN_LANE: typeAndSubject(address), STEWARD_RUN_ID: address.id };
}

/** Reads marks; undefined when some are missing, or are none that a daemon writes. */
export function parseMarks(marks: NodeJS.ProcessEnv): Run | undefined {
  const { STEWARD_RUN_LANE: lane = "", STEWARD_RUN_ID: id = "" } = marks;
  const life = parseLife(marks);
  const work = parseLaneName(lane);
  if (life === undefined || work === undefined || !isId(id)) return undefined;
  const { node, ...rest } = life;
  return { ...rest, address: { node, ...work, id } };
}

/** Reads the marks of a process that waits to become a program; undefined when it is none. */
export function parseWaitingMarks(marks: NodeJS.ProcessEnv): Life | undefined {
  return marks["STEWARD_RUN_LANE"] === undefined ? parseLife(marks) : undefined;
}

function parseLife(marks: NodeJS.ProcessEnv): Life | undefined {
  const {
    STEWARD_RUN_NAMESPACE: namespace = "",
    STEWARD_RUN_NODE: node = "",
    STEWARD_RUN_INSTANCE: instance = "",
  } = marks;
  const daemon = parseIdentity(marks["STEWARD_RUN_DAEMON"] ?? "");
  if (daemon === undefined || ![namespace, node, instance].every(isToken)) return undefined;
  return { namespace, node, instance, daemon };
}

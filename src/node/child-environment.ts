import type { ProcessIdentity } from "../protocol/presence.ts";
import { isId, isToken, laneName, parseLaneName, type Address } from "../protocol/subjects.ts";
import { identityText, parseIdentity, thisProcess } from "./process-identity.ts";

/** Variables that hold what only the daemon may know, or that belong to the process manager above it. */
const secrets = /^(STEWARD_|NATS_|NOTIFY_SOCKET$|WATCHDOG_|LISTEN_)/;

/** What child processes inherit: the daemon's own environment without its secrets. */
export function inheritedEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !secrets.test(name)));
}

/** What the names of all marks begin with. No option may have such a variable: a command may start a daemon too. */
export const markPrefix = "STEWARD_RUN_";

const thisDaemon = identityText(thisProcess());

/** Whose work a process does, as its marks tell. */
export interface Run {
  readonly namespace: string;
  readonly address: Address;
  /** The life of the daemon that started it. */
  readonly instance: string;
  readonly daemon: ProcessIdentity;
}

/**
 * What the environments of all child processes of one life of the daemon have in common: what they inherit, with the
 * marks of that life. A process that has only these, without those of a run, waits to become a program.
 */
export function lifeEnvironment(
  inherited: NodeJS.ProcessEnv,
  { namespace, node, instance }: { readonly namespace: string; readonly node: string; readonly instance: string },
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
 * The environment of a run's child process: that of the life, with the marks of the run, by which a later life of the
 * daemon recognises what this one left running.
 */
export function childEnvironment(
  inherited: NodeJS.ProcessEnv,
  { namespace, address, instance }: Omit<Run, "daemon">,
): NodeJS.ProcessEnv {
  const { node, id } = address;
  const life = lifeEnvironment(inherited, { namespace, node, instance });
  return { ...life, STEWARD_RUN_LANE: laneName(address), STEWARD_RUN_ID: id };
}

/** Reads marks; undefined when some are missing, or are none that a daemon writes. */
export function parseMarks(marks: NodeJS.ProcessEnv): Run | undefined {
  const {
    STEWARD_RUN_NAMESPACE: namespace = "",
    STEWARD_RUN_NODE: node = "",
    STEWARD_RUN_LANE: lane = "",
    STEWARD_RUN_ID: id = "",
    STEWARD_RUN_INSTANCE: instance = "",
  } = marks;
  const daemon = parseIdentity(marks["STEWARD_RUN_DAEMON"] ?? "");
  const work = parseLaneName(lane);
  if (work === undefined || !isId(id) || daemon === undefined) return undefined;
  if (![namespace, node, instance].every(isToken)) return undefined;
  return { namespace, address: { node, ...work, id }, instance, daemon };
}

import type { Held } from "./held.ts";

/** Variables that hold what only the daemon may know, or that belong to the process manager above it. */
const secrets = /^(STEWARD_|NATS_|NOTIFY_SOCKET$|WATCHDOG_|LISTEN_)/;

/** What child processes inherit: the daemon's own environment without its secrets. */
export function inheritedEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !secrets.test(name)));
}

/**
 * The environment of a child process: what it inherits, with the marks of the run, by which a later life of the daemon
 * recognises what this one left running.
 */
export function childEnvironment(
  inherited: NodeJS.ProcessEnv,
  node: string,
  { address }: Pick<Held, "address">,
  instance: string,
): NodeJS.ProcessEnv {
  return { ...inherited, STEWARD_RUN_NODE: node, STEWARD_RUN_ID: address.id, STEWARD_RUN_INSTANCE: instance };
}

import type { Held } from "./held.ts";

/** Variables that hold what only the daemon may know, or that belong to the process manager above it. */
const secrets = /^(STEWARD_|NATS_|NOTIFY_SOCKET$|WATCHDOG_|LISTEN_)/;

/**
 * The environment of a child process: the daemon's own without its secrets, and with the marks of the run, by which a
 * later life of the daemon recognises what this one left running.
 */
export function childEnvironment(
  own: NodeJS.ProcessEnv,
  node: string,
  { address }: Pick<Held, "address">,
  instance: string,
): NodeJS.ProcessEnv {
  const kept = Object.entries(own).filter(([name]) => !secrets.test(name));
  const marks = { STEWARD_RUN_NODE: node, STEWARD_RUN_ID: address.id, STEWARD_RUN_INSTANCE: instance };
  return { ...Object.fromEntries(kept), ...marks };
}

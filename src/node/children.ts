import type { Logger } from "pino";
import { childEnvironment } from "./child-environment.ts";
import { endLeftovers } from "./orphans.ts";
import type { Taken } from "./taken.ts";

/** The daemon that starts the processes, and the environment of the processes. */
export interface ChildrenOptions {
  readonly namespace: string;
  readonly instance: string;
  /** The environment that all child processes have in common; see `commonEnvironment`. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * The processes that handlers start on this host. Each process is marked with its message, so that the daemon can find
 * and end the process.
 */
export class Children {
  readonly #options: ChildrenOptions;
  /** The messages whose handler asked for the environment with marks. Such a handler may have started processes. */
  readonly #mayHaveStarted = new WeakSet<Taken>();

  constructor(options: ChildrenOptions) {
    this.#options = options;
  }

  /** The environment for processes that the message's handler starts. */
  environmentFor(taken: Taken): NodeJS.ProcessEnv {
    this.#mayHaveStarted.add(taken);
    return childEnvironment(this.#options.env, taken.address);
  }

  /** Ends the processes that earlier runs of the message left running on this host. */
  async endLeftovers(taken: Taken): Promise<void> {
    const { log, signal } = this.#options;
    if (this.#mayHaveStarted.has(taken)) await endLeftovers(this.#options, taken.address, log, signal);
  }
}

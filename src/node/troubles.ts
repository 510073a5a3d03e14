import { runChild } from "../exec/run-child.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { Trouble } from "../protocol/trouble.ts";
import { isNotNow } from "../util/errno.ts";

/** A lasting trouble is logged again after this time, in milliseconds. */
const logEvery = 5 * 60_000;
/** The time between two tries to start a program, in milliseconds. */
const probeEvery = 5000;
/** The presence lists at most this number of troubles. Only a node with many handlers of the user can have more. */
const mostListed = 20;

export interface TroublesOptions {
  readonly log: { error(context: object, text: string): void; info(context: object, text: string): void };
  /** Called when a trouble begins, changes or ends. */
  readonly changed: () => void;
  /** Aborted when the daemon ends. */
  readonly signal: AbortSignal;
}

/**
 * The troubles of a daemon. Each trouble belongs to a part that cannot work now: a lane, the inbox, or the start of
 * programs. The troubles are logged, and shown by the commands that show the node.
 */
export class Troubles {
  readonly #options: TroublesOptions;
  readonly #current = new Map<string, { readonly trouble: Trouble; loggedAt: number }>();

  constructor(options: TroublesOptions) {
    this.#options = options;
  }

  /** Reports that a part cannot work now. */
  report(what: string, code: ErrorCode, text: string): void {
    const known = this.#current.get(what);
    const [message, since] = [text.slice(0, 500), known?.trouble.since ?? new Date().toISOString()];
    const isLogged = known !== undefined && performance.now() - known.loggedAt < logEvery;
    // The cause may have changed since the last report.
    this.#current.set(what, {
      trouble: { what, code, message, since },
      loggedAt: isLogged ? known.loggedAt : performance.now(),
    });
    if (!isLogged)
      this.#options.log.error({ part: what, since, code }, `${what} cannot work: ${message}; trying again`);
    if (known?.trouble.code !== code) this.#options.changed();
  }

  /**
   * Reports that no program could be started. Tries again from time to time, because there may be no message whose run
   * would show that the trouble has ended.
   */
  cannotStart(text: string): void {
    const isNew = !this.#current.has(programs);
    this.report(programs, "noRoom", text);
    if (isNew) this.#probe();
  }

  /** A part works again, or has no work left. */
  end(what: string): void {
    if (!this.#current.delete(what)) return;
    this.#options.log.info({ part: what }, `${what} works again`);
    this.#options.changed();
  }

  of(what: string): Trouble | undefined {
    return this.#current.get(what)?.trouble;
  }

  /** The troubles, the oldest first. Undefined if there is no trouble. */
  list(): readonly Trouble[] | undefined {
    if (this.#current.size === 0) return undefined;
    return [...this.#current.values()].slice(0, mostListed).map(({ trouble }) => trouble);
  }

  #probe(): void {
    const probe = async (): Promise<void> => {
      if (await canStartPrograms(this.#options.signal)) this.end(programs);
      else this.#probe();
    };
    setTimeout(() => void probe(), probeEvery).unref();
  }
}

const programs = "programs";

async function canStartPrograms(signal: AbortSignal): Promise<boolean> {
  try {
    await runChild({ argv: ["/bin/sh", "-c", ":"], signal, killGraceMs: 1000, outputLimit: 0 });
    return true;
  } catch (error) {
    return !isNotNow(error);
  }
}

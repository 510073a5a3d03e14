import { runChild } from "../exec/run-child.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { Trouble } from "../protocol/trouble.ts";
import { isNotNow } from "../util/errno.ts";

/** While a trouble lasts, the log has a line of it so often, in milliseconds. */
const tellEvery = 5 * 60_000;
/** How often it is tried whether programs can be started again. */
const probeEvery = 5000;
/** The presence holds no more than this. A node has fewer parts that can be in trouble, unless its user adds lanes. */
const mostTold = 20;

export interface TroublesOptions {
  readonly log: { error(context: object, text: string): void; info(context: object, text: string): void };
  /** Called when there is another trouble, or one less. */
  readonly changed: () => void;
  /** Aborted when the daemon ends. */
  readonly signal: AbortSignal;
}

/**
 * What a daemon cannot do at the moment, by the part of it that cannot: a lane, the inbox, or the start of programs. It
 * is told in the log, and to whoever looks at the node.
 */
export class Troubles {
  readonly #options: TroublesOptions;
  readonly #current = new Map<string, { readonly trouble: Trouble; toldAt: number }>();

  constructor(options: TroublesOptions) {
    this.#options = options;
  }

  /** A part cannot do its work now. */
  meet(what: string, code: ErrorCode, text: string): void {
    const known = this.#current.get(what);
    const [message, since] = [text.slice(0, 500), known?.trouble.since ?? new Date().toISOString()];
    const isTold = known !== undefined && performance.now() - known.toldAt < tellEvery;
    // What it lacks now may be another thing than at first.
    this.#current.set(what, {
      trouble: { what, code, message, since },
      toldAt: isTold ? known.toldAt : performance.now(),
    });
    if (!isTold)
      this.#options.log.error({ part: what, since, code }, `${what} cannot go on: ${message}; it is tried again`);
    if (known?.trouble.code !== code) this.#options.changed();
  }

  /** No program could be started. Tries from time to time, since there may be no message that tells when it is over. */
  cannotStart(text: string): void {
    const isNew = !this.#current.has(programs);
    this.meet(programs, "noRoom", text);
    if (isNew) this.#probe();
  }

  /** A part does its work again, or has none left. */
  end(what: string): void {
    if (!this.#current.delete(what)) return;
    this.#options.log.info({ part: what }, `${what} can go on`);
    this.#options.changed();
  }

  of(what: string): Trouble | undefined {
    return this.#current.get(what)?.trouble;
  }

  /** The oldest first; undefined when there are none. */
  list(): readonly Trouble[] | undefined {
    if (this.#current.size === 0) return undefined;
    return [...this.#current.values()].slice(0, mostTold).map(({ trouble }) => trouble);
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

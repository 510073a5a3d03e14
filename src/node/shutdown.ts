import { setMaxListeners } from "node:events";

/** Ends a daemon, in order or at once. */
export class Shutdown {
  readonly #controller = new AbortController();
  readonly #ask: (reason?: Error) => void;
  #isReplaced = false;

  /** `ask` is called when the daemon must stop. `ask` gets the error if an error is the reason. */
  constructor(ask: (reason?: Error) => void) {
    this.#ask = ask;
    setMaxListeners(0, this.signal); // every lane may wait for the signal
  }

  /** Aborted when the daemon must end without waiting for the running messages. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True if another daemon has taken the place of this daemon. This daemon must not write anything more. */
  get isReplaced(): boolean {
    return this.#isReplaced;
  }

  /** Asks for an orderly stop. */
  ask(reason?: Error): void {
    this.#ask(reason);
  }

  /** Ends at once, because another daemon has taken the place of this daemon. */
  replaced(error: Error): void {
    this.#isReplaced = true;
    this.#controller.abort(error);
    this.#ask(error);
  }

  /** Ends without waiting for anything. */
  now(reason?: Error): void {
    this.#controller.abort(reason);
  }
}

import { setMaxListeners } from "node:events";

/** Ends a daemon: in order when a stop is asked for, or at once. */
export class Shutdown {
  readonly #controller = new AbortController();
  readonly #ask: (reason?: Error) => void;
  #isReplaced = false;

  /** `ask` is called when the daemon must stop, with the error if that is the reason. */
  constructor(ask: (reason?: Error) => void) {
    this.#ask = ask;
    setMaxListeners(0, this.signal); // every lane may wait on it
  }

  /** Aborted when the daemon must end without waiting for what runs. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Another daemon has taken this one's place, so this one must not write anything more. */
  get isReplaced(): boolean {
    return this.#isReplaced;
  }

  /** Asks for a stop in order. */
  ask(reason?: Error): void {
    this.#ask(reason);
  }

  /** Ends at once: another daemon has taken this one's place. */
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

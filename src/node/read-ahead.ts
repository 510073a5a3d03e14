import type { Held } from "./held.ts";

export interface ReadAheadEnvironment {
  /** The message whose payload is wanted next; undefined when none is. */
  readonly next: () => Held | undefined;
  /** Reads a payload again; undefined when the message is no longer in the stream. */
  readonly read: (held: Held) => Promise<Uint8Array | undefined>;
  readonly got: (held: Held, payload: Uint8Array) => void;
}

/** Reads payloads shortly before their messages' turn, one after the other, so that a lane need not wait for each. */
export class ReadAhead {
  readonly #env: ReadAheadEnvironment;
  #current: { readonly held: Held; readonly reading: Promise<Uint8Array | undefined> } | undefined;

  constructor(env: ReadAheadEnvironment) {
    this.#env = env;
  }

  /** Goes on with what is wanted, unless it is at it. */
  wake(): void {
    if (this.#current === undefined) void this.#readAll();
  }

  /** Resolves when the message's payload, which is just being read, was handed over; undefined when it is not. */
  reading(held: Held): Promise<unknown> | undefined {
    return this.#current?.held === held ? this.#current.reading : undefined;
  }

  /** What is just being read is not handed over. */
  forget(): void {
    this.#current = undefined;
  }

  async #readAll(): Promise<void> {
    for (let held = this.#env.next(); held !== undefined; held = this.#env.next()) {
      const current = { held, reading: this.#env.read(held).catch(() => undefined) };
      this.#current = current;
      const payload = await current.reading;
      if (this.#current !== current) return;
      this.#current = undefined;
      // It is gone, or cannot be read: the lane finds that out when the turn comes.
      if (payload === undefined) return;
      this.#env.got(held, payload);
    }
  }
}

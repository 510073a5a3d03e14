/**
 * Passes pushed items to one reader, in order. If the reader is so slow that too many items wait, further items are
 * dropped.
 */
export class Feed<T> implements AsyncIterable<T> {
  /** The number of items that were dropped so far. */
  dropped = 0;
  readonly #most: number;
  readonly #waiting: T[] = [];
  #ended = false;
  #error: Error | undefined;
  #wake: () => void = () => {};

  constructor(most: number = 10_000) {
    this.#most = most;
  }

  push(item: T): void {
    if (this.#waiting.length >= this.#most) this.dropped += 1;
    else this.#waiting.push(item);
    this.#wake();
  }

  /** Ends the reading after the pushed items. If `error` is given, the reading ends with this error. */
  end(error?: Error): void {
    this.#ended = true;
    this.#error ??= error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.#waiting.length > 0) yield* this.#waiting.splice(0);
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

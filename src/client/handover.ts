/** Passes items one by one to a reader. Each push waits until the reader has taken the item. */
export class Handover<T> implements AsyncIterable<T>, Disposable {
  readonly #waiting: { readonly item: T; readonly taken: () => void }[] = [];
  #over: { readonly error?: unknown } | undefined;
  #wake: () => void = () => {};

  /** Resolves when the reader has taken the item, or when the reader has left. */
  push(item: T): Promise<void> {
    if (this.#over !== undefined) return Promise.resolve();
    return new Promise((taken) => {
      this.#waiting.push({ item, taken });
      this.#wake();
    });
  }

  /** Ends the reading after the pushed items. If `error` is given, the reading ends with this error. */
  end(error?: unknown): void {
    this.#over ??= error === undefined ? {} : { error };
    this.#wake();
  }

  /** Called when the reader has left. Resolves all waiting pushes. */
  [Symbol.dispose](): void {
    this.end();
    for (const { taken } of this.#waiting.splice(0)) taken();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        yield next.item;
        next.taken();
        continue;
      }
      if (this.#over !== undefined) {
        if ("error" in this.#over) throw this.#over.error;
        return;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/state/feed.ts
var Feed = class {
  /** How many items were dropped so far. */
  dropped = 0;
  #most;
  #waiting = [];
  #ended = false;
  #error;
  #wake = () => {
  };
  constructor(most = 1e4) {
    this.#most = most;
  }
  push(item) {
    if (this.#waiting.length >= this.#most) this.dropped += 1;
    else this.#waiting.push(item);
    this.#wake();
  }
  /** Ends the reading after the items that were pushed, with the error if there is one. */
  end(error) {
    this.#ended = true;
    this.#error ??= error;
    this.#wake();
  }
  async *[Symbol.asyncIterator]() {
    for (; ; ) {
      while (this.#waiting.length > 0) yield* this.#waiting.splice(0);
      if (this.#error !== void 0) throw this.#error;
      if (this.#ended) return;
      await new Promise((resolve) => this.#wake = resolve);
    }
  }
};

export {
  Feed
};

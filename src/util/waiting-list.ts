/** A list that grows at its end. Taking an item near its beginning costs the same for a short and a long list. */
export class WaitingList<T> implements Iterable<T> {
  #items: (T | undefined)[] = [];
  #first = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#length += 1;
  }

  /** Removes and returns the first item that matches. */
  take(fits: (item: T) => boolean): T | undefined {
    for (let at = this.#first; at < this.#items.length; at++) {
      const item = this.#items[at];
      if (item === undefined || !fits(item)) continue;
      this.#items[at] = undefined;
      this.#length -= 1;
      this.#trim();
      return item;
    }
    return undefined;
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
    this.#length = 0;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const item of this.#items) if (item !== undefined) yield item;
  }

  #trim(): void {
    while (this.#first < this.#items.length && this.#items[this.#first] === undefined) this.#first += 1;
    if (this.#first < 1024 || this.#first * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }
}

/** An answer that took longer, in milliseconds, says too little about the broker's clock. */
const slowMs = 2000;

/** The broker's clock, read from its answers. It does not jump when the clock of this host is set. */
export class BrokerClock {
  #offset: number | undefined;

  /**
   * The latest time that the broker's clock may show, in milliseconds since 1970. With the latest time, no message
   * begins that others may already show as expired.
   */
  now(): number {
    return performance.now() + (this.#offset ?? 0);
  }

  /**
   * Reads the clock from an answer, as if making the answer had taken no time. A slow answer does not replace an
   * earlier reading.
   */
  async reading<T extends { readonly ts: string; readonly error?: unknown }>(ask: () => Promise<T>): Promise<T> {
    const before = performance.now();
    const answer = await ask();
    const isSlow = performance.now() - before > slowMs;
    if (answer.error === undefined && (!isSlow || this.#offset === undefined)) {
      this.#offset = Date.parse(answer.ts) - before;
    }
    return answer;
  }
}

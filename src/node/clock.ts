/** An answer that took longer says too little about the broker's clock, in milliseconds. */
const slowMs = 2000;

/** The broker's clock, read from its answers. It does not jump when the clock of this host is set. */
export class BrokerClock {
  #offset: number | undefined;

  /**
   * The latest time that it may be, in milliseconds since 1970: nothing begins when others may already take it for
   * expired.
   */
  now(): number {
    return performance.now() + (this.#offset ?? 0);
  }

  /**
   * Reads the clock from an answer, as if the answer had taken no time to make. A slow answer does not replace what is
   * known.
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

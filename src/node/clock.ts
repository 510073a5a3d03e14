/** An answer that takes longer than this time, in milliseconds, does not show the broker's clock exactly enough. */
const slowMs = 2000;

/** The broker's clock, read from the broker's answers. This clock does not jump when the clock of this host is set. */
export class BrokerClock {
  #offset: number | undefined;

  /**
   * The latest time that the broker's clock may show, in milliseconds since 1970. The latest time is used so that a
   * message does not begin after other programs have shown it as expired.
   */
  now(): number {
    return performance.now() + (this.#offset ?? 0);
  }

  /**
   * Reads the clock from an answer, as if the broker had made the answer at the moment of the request. A slow answer
   * does not replace an earlier reading.
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

/** Resolves with `work`, or when the signal aborts; leaves no listener behind. */
export function unlessAborted(signal: AbortSignal | undefined, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      signal?.removeEventListener("abort", settle);
      resolve();
    };
    signal?.addEventListener("abort", settle);
    void work.then(settle);
  });
}

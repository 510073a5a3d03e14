/** Resolves or rejects with `work`, or resolves after `ms`; leaves no timer behind. */
export async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    // Timers run before input is read: after a busy time, received input is handled first.
    timer = setTimeout(() => setImmediate(resolve), ms);
  });
  try {
    await Promise.race([work, enough]);
  } finally {
    clearTimeout(timer);
  }
}

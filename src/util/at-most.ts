/**
 * Resolves or rejects as `work` does. Resolves after `ms` milliseconds if `work` takes longer. The timer is always
 * removed.
 */
export async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    // Node.js runs timers before it reads input. So after a busy time, `setImmediate` first lets Node.js read the input
    // that has arrived, which may complete `work`.
    timer = setTimeout(() => setImmediate(resolve), ms);
  });
  try {
    await Promise.race([work, enough]);
  } finally {
    clearTimeout(timer);
  }
}

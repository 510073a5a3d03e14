/** Resolves or rejects with `work`. Resolves after `ms` if `work` takes longer. The timer is always removed. */
export async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    // Node runs timers before it reads input. `setImmediate` lets Node read the received input first, after a busy
    // time.
    timer = setTimeout(() => setImmediate(resolve), ms);
  });
  try {
    await Promise.race([work, enough]);
  } finally {
    clearTimeout(timer);
  }
}

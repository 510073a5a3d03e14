// Loaded into a process beside its program: tells its parent, when asked, what its heap holds after a collection, and how
// many handles are open. It needs `--expose-gc` and a channel, which it does not let hold the process.
process.on("message", () => {
  (globalThis as { gc?: () => void }).gc?.();
  process.send?.({
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
    handles: process.getActiveResourcesInfo().length,
  });
});
process.channel?.unref();

// Loaded into a process beside its program: reports to its parent, when asked, the size of its heap after a collection and
// the number of open handles. It needs `--expose-gc` and a channel, which it does not let hold the process.
process.on("message", () => {
  (globalThis as { gc?: () => void }).gc?.();
  process.send?.({
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
    handles: process.getActiveResourcesInfo().length,
  });
});
process.channel?.unref();

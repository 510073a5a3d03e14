// Loaded into a process in addition to its program. When the parent asks, it reports the size of the heap after a garbage
// collection and the number of open handles. It needs `--expose-gc` and a channel; the channel does not keep the process
// alive.
process.on("message", () => {
  (globalThis as { gc?: () => void }).gc?.();
  process.send?.({
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
    handles: process.getActiveResourcesInfo().length,
  });
});
process.channel?.unref();

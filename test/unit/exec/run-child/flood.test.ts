import { expect, test } from "vitest";
import { runScript } from "../support.ts";

test("a flood of output is counted to the byte and does not fill the memory", async () => {
  const before = process.memoryUsage.rss();
  let highest = 0;
  const { stdout } = await runScript("yes | head -c 200000000", {
    onChunk: () => {
      highest = Math.max(highest, process.memoryUsage.rss());
    },
  });
  expect(stdout).toMatchObject({ total: 200_000_000, omitted: 200_000_000 - 65_536, headLength: 32_768 });
  expect(stdout.bytes.toString()).toBe("y\n".repeat(32_768));
  expect(highest - before).toBeLessThan(100_000_000);
});

test("an endless flood can be aborted", async () => {
  const controller = new AbortController();
  const result = await runScript("yes", {
    signal: controller.signal,
    onChunk: (_stream, offset) => {
      if (offset > 10_000_000) controller.abort();
    },
  });
  expect(result.signal).toBe("SIGTERM");
  expect(result.stdout.total).toBeGreaterThan(10_000_000);
});

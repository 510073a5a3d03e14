import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { startBroker } from "./broker.ts";
import { measureGrowth } from "./memory-growth.ts";
import { measureIdle } from "./memory-idle.ts";
import type { Plot, Row, Suite } from "./result.ts";

/** Compared with a bare nats.js process that has a consumer and does the same on the broker. */
export const memory: Suite = {
  name: "memory",
  describe: "the memory of an idle daemon, and how it grows over 100,000 messages",
  run: async ({ quick, rounds, fsync, only }) => {
    const rows: Row[] = [];
    const plots: Plot[] = [];
    if (fsync === true) return { rows };
    const home = mkdtempSync(join(import.meta.dirname, "memory-"));
    await using server = await startBroker(home, false);
    await using broker = await openBroker(
      { servers: server.url, namespace: "steward" },
      { name: "bench", waitMs: 5000 },
    );
    const bench = { url: server.url, broker, home };
    if ("memory, idle".includes(only)) rows.push(await measureIdle(bench, quick, rounds));
    if ("memory, growth".includes(only)) {
      const grown = await measureGrowth(bench, quick ? 20_000 : 100_000);
      rows.push(...grown.rows);
      plots.push(grown.plot);
    }
    return { rows, plots };
  },
};

import { expect, test } from "vitest";
import { setByOptions } from "../../../src/node/settings.ts";

test.each([
  ["60s", 20_000, 40_000],
  ["3m", 60_000, 120_000],
  ["45s", 15_000, 30_000],
  // A lost heartbeat could not be repeated in time.
  ["44s", 44_000 / 3, 44_000 / 3],
  ["3s", 1000, 1000],
])("with a TTL of %s, a heartbeat comes every %d ms, and of an idle daemon every %d ms", (ttl, beat, idle) => {
  const { presenceBeat, presenceIdleBeat } = setByOptions({ "presence-ttl": ttl });
  expect([presenceBeat, presenceIdleBeat]).toEqual([beat, idle]);
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { kvLast } from "../../src/broker/read/bucket.ts";
import { NodeDaemon } from "../../src/node/daemon.ts";
import { nodeDefaults } from "../../src/node/settings.ts";
import { countQueued } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { seeded } from "../support/random.ts";

let fleet: Fleet;
let dataDir: string;
beforeAll(async () => {
  fleet = await startFleet();
  dataDir = await mkdtemp(join(tmpdir(), "steward-starts-"));
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

test("start and stop in any order, and twice: once stopped, it holds no lease and watches no inbox", async () => {
  const random = seeded(17);
  const inbox = join(dataDir, "inmsg.txt");
  for (let life = 0; life < 12; life++) {
    const broker = await openBroker({ servers: fleet.server.url, namespace: "steward" }, { name: "t", waitMs: 10_000 });
    const settings = {
      ...nodeDefaults,
      name: "ship1",
      dataDir,
      inbox,
      presenceTtl: 3000,
      presenceBeat: 1000,
      presenceIdleBeat: 1000,
    };
    const daemon = new NodeDaemon(broker, settings, pino({ level: "silent" }), () => {});
    const isFirst = life === 0;
    const stoppedBefore = isFirst ? daemon.stop() : undefined;
    const starts = [daemon.start(), daemon.start()];
    await delay(random(40));
    await Promise.all([daemon.stop(), daemon.stop(), stoppedBefore]);
    const [once, twice] = await Promise.all(starts);
    expect(twice).toBe(once);
    if (isFirst) expect(once).toBe(false);
    expect(await daemon.start()).toBe(once);
    const presence = await kvLast(broker, broker.names.presenceBucket, "ship1");
    expect(presence?.value).toBeUndefined();
    await broker.close();
  }
  await writeFile(inbox, JSON.stringify([{ node: "ship1", subject: "ping" }]));
  await delay(1500);
  expect(await countQueued(fleet.nc)).toBe(0);
});

import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { pick } from "../../../support/random.ts";
import { fillSmallDisk, isSmallDisk, makeRoom } from "../../../support/small-disk.ts";
import type { Nemesis } from "../world.ts";
import { stopped } from "./stopped.ts";

export const brokerKilled: Nemesis = {
  name: "broker killed",
  fits: "both",
  strike: async ({ random, servers }) => {
    const server = pick(random, servers);
    await server.kill();
    await delay(random(2000));
    await server.restart();
  },
};

export const brokerStopped: Nemesis = {
  name: "broker stopped and continued",
  fits: "both",
  strike: async ({ random, servers }) => stopped(pick(random, servers).pid, 1000 + random(5000)),
};

/**
 * With its store on a small disk, that is filled, and JetStream switches itself off. Elsewhere no file of the broker may
 * grow any more, which comes near: what it cannot write it does not acknowledge. It needs a restart after either.
 */
export const diskFull: Nemesis = {
  name: "disk full",
  fits: "both",
  strike: async ({ random, servers }) => {
    const server = pick(random, servers);
    const small = await isSmallDisk(server.storeDir);
    if (small) await fillSmallDisk(server.storeDir);
    else await promisify(execFile)("prlimit", ["--pid", String(server.pid), "--fsize=1:unlimited"]);
    try {
      await delay(1000 + random(2000));
    } finally {
      if (small) await makeRoom(server.storeDir);
      await server.restart();
    }
  },
};

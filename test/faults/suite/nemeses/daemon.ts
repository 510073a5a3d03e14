import { setTimeout as delay } from "node:timers/promises";
import { pick } from "../../../support/random.ts";
import type { Nemesis } from "../world.ts";
import { stopped } from "./stopped.ts";

export const daemonKilled: Nemesis = {
  name: "daemon killed",
  fits: "both",
  strike: async (world) => {
    const node = pick(world.random, world.nodes);
    world.note({ kind: "daemonKilled", node: node.name });
    await node.kill();
    await delay(world.random(2000));
    await node.restart();
  },
};

/** Shorter than the presence lives: nobody takes the node over. */
export const daemonStopped: Nemesis = {
  name: "daemon stopped and continued",
  fits: "both",
  strike: async ({ random, nodes }) => stopped(pick(random, nodes).pid, 1000 + random(5000)),
};

/** What runs may end, so this is no reason for a second run. */
export const daemonRestarted: Nemesis = {
  name: "daemon restarted in order",
  fits: "both",
  strike: async ({ random, nodes }) => {
    const node = pick(random, nodes);
    await node.kill("SIGTERM");
    await node.restart();
  },
};

const tenMinutes = 600_000;

/** One life of a daemon whose clock is wrong; the broker's clock is right, and the only one that counts. */
export const clockWrong: Nemesis = {
  name: "clock ten minutes wrong",
  fits: "both",
  strike: async ({ random, nodes }) => {
    const node = pick(random, nodes);
    await node.kill("SIGTERM");
    await node.restart(clockWrongBy(pick(random, [-tenMinutes, tenMinutes])));
    await delay(2000 + random(2000));
    await node.kill("SIGTERM");
    await node.restart();
  },
};

/** The environment of a Node.js program in which the time of day is wrong; what only measures durations is not. */
export function clockWrongBy(ms: number): Record<string, string> {
  const preload = `
    const RightDate = Date;
    globalThis.Date = class Date extends RightDate {
      constructor(...given) {
        super(...(given.length === 0 ? [Date.now()] : given));
      }
      static now() {
        return RightDate.now() + ${ms};
      }
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` };
}

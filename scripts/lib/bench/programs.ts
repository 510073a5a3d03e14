import { startFleet } from "./fleet.ts";
import { measure, type Case } from "./measure.ts";
import { median } from "./median.ts";
import { durationOf } from "./process-figures.ts";
import type { Row, Suite } from "./result.ts";

/** With the broker as it is shipped. */
export const programs: Suite = {
  name: "programs",
  describe: "the whole program, from start to exit, beside `node -e 0`",
  run: async ({ rounds, fsync, only, profiles }) => {
    const rows: Row[] = [];
    if (fsync === false) return { rows };
    await using fleet = await startFleet({ fsync: true, profiles });
    const whole = (args: readonly string[]) => async (): Promise<number> =>
      median([1, 2, 3].map(() => durationOf(args)));
    const floor = whole(["-e", "0"]);
    const steward = (...args: string[]) => whole([fleet.program, ...args]);
    const cases: Case[] = [
      { name: "whole process, --version", unit: "ms", bound: 1.5, floor, steward: steward("--version") },
      {
        name: "whole process, send of a ping",
        unit: "ms",
        bound: 2.5,
        floor,
        steward: steward("send", "ship1", "ping", "--server", fleet.url),
      },
    ];
    for (const one of cases) if (one.name.includes(only)) rows.push(await measure(one, "fsync on", rounds));
    return { rows };
  },
};

import { join } from "node:path";
import { startFleet, type Fleet } from "./fleet.ts";
import { measure, type Case } from "./measure.ts";
import { median } from "./median.ts";
import { durationOf } from "./process-figures.ts";
import type { Row, Suite } from "./result.ts";

/** Measured with the broker as shipped. */
export const programs: Suite = {
  name: "programs",
  describe: "the whole program, from start to exit, beside `node -e 0`",
  run: async ({ quick, rounds, fsync, only, profiles }) => {
    const rows: Row[] = [];
    if (fsync === false) return { rows };
    await using fleet = await startFleet({ fsync: true, profiles });
    const cases = quick ? bounded(fleet) : [...bounded(fleet), besideBareSend(fleet), ...others(fleet)];
    for (const one of cases) if (one.name.includes(only)) rows.push(await measure(one, "fsync on", rounds));
    return { rows };
  },
};

/** These matter most: scripts call the first one, and the other is the purpose of Steward. */
function bounded(fleet: Fleet): Case[] {
  return [
    { ...besideNode(fleet, "--version"), bound: 1.5 },
    { ...besideNode(fleet, "send", "ship1", "ping"), name: sendName, bound: 2.5 },
  ];
}

const sendName = "whole process, send of a ping";

/** The remaining time, without what Node and the NATS client need. */
function besideBareSend(fleet: Fleet): Case {
  const bare = whole([join(import.meta.dirname, "bare-send.mjs"), fleet.url, "ship1"]);
  return { ...besideNode(fleet, "send", "ship1", "ping"), name: `${sendName}, beside a bare send`, floor: bare };
}

/** All other commands that end by themselves. */
function others(fleet: Fleet): Case[] {
  const [ended, cancelled] = ["ended", "cancelled"];
  runOnce(fleet, "send", "ship1", "ping", "--id", ended);
  runOnce(fleet, "send", "away", "ping", "--id", cancelled, "--no-wait");
  runOnce(fleet, "cancel", cancelled);
  const lines = [
    ["--help"],
    ["nodes"],
    ["status", ended],
    ["queue"],
    ["log"],
    ["errors"],
    ["wait", ended],
    ["cancel", cancelled],
    ["group", "ls"],
    ["schedule", "ls"],
    ["lanes", "ship1"],
    ["config", "show"],
    ["doctor"],
    ["init", "--check"],
    ["completion", "bash"],
    ["__complete", "--", "send", "sh"],
  ];
  return lines.map((words) => besideNode(fleet, ...words));
}

function besideNode(fleet: Fleet, ...words: string[]): Case {
  const name = `whole process, ${words.join(" ")}`;
  return { name, unit: "ms", floor: whole(["-e", "0"]), steward: whole([fleet.program, ...words], fleet.url) };
}

function runOnce(fleet: Fleet, ...words: string[]): void {
  durationOf([fleet.program, ...words], fleet.url);
}

/** The median of three runs, so that a delay of one run by other work does not count. */
function whole(args: readonly string[], url?: string): () => Promise<number> {
  return async () => median([1, 2, 3].map(() => durationOf(args, url)));
}

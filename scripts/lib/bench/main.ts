import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { brokerCases, programCases, type Case } from "./cases.ts";
import { startFleet, type Fleet } from "./fleet.ts";
import { machine, printTable, toRow, type Row } from "./report.ts";

try {
  await main();
} catch (error) {
  console.error(`– ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      fsync: { type: "string" },
      only: { type: "string", default: "" },
      json: { type: "string" },
      "cpu-prof": { type: "string" },
    },
  });
  const { quick, fsync: wanted, only, json, "cpu-prof": profiles } = values;
  const rounds = Number(values.rounds ?? (quick ? 7 : 15));
  if (!(rounds >= 1)) throw new Error("--rounds takes a number from 1 on");

  // What was started ends at this process's exit, which a signal alone would skip.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

  const rows: Row[] = [];
  for (const fsync of [true, false]) {
    if (wanted !== undefined && wanted !== onOrOff(fsync)) continue;
    await using fleet = await startFleet({ fsync, profiles: profiles && resolve(profiles) });
    const cases = casesOf(fleet, quick, fsync).filter(({ name }) => name.includes(only));
    for (const one of cases) rows.push(await measure(one, fsync, rounds));
  }
  if (rows.length === 0) throw new Error("with these options there is nothing to measure");
  printTable(rows);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...machine(), rounds, rows }, null, 2)}\n`);
}

/** Whole processes are measured once: with the broker as it is shipped. */
function casesOf(fleet: Fleet, quick: boolean, fsync: boolean): Case[] {
  return [...brokerCases(fleet, quick), ...(fsync ? programCases(fleet) : [])];
}

/** Lets floor and Steward take turns, after a round that warms both up and does not count. */
async function measure(one: Case, fsync: boolean, rounds: number): Promise<Row> {
  process.stderr.write(`– ${one.name}, fsync ${onOrOff(fsync)}: `);
  const turns: { floor: number; steward: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const turn = { floor: await one.floor(), steward: await one.steward() };
    if (round > 0) turns.push(turn);
  }
  const row = toRow(one, fsync, turns);
  process.stderr.write(`${row.ratio.median.toFixed(2)}× the floor\n`);
  return row;
}

function onOrOff(fsync: boolean): string {
  return fsync ? "on" : "off";
}

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { before } from "./edition.ts";
import { tableOf } from "./report.ts";
import { machine, type SuiteOptions, type SuiteResult } from "./result.ts";
import { suites, usual } from "./suites.ts";
import { isMet } from "./verdict.ts";

try {
  await main();
} catch (error) {
  console.error(`– ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      fsync: { type: "string" },
      only: { type: "string", default: "" },
      json: { type: "string" },
      "cpu-prof": { type: "string" },
      before: { type: "string" },
    },
  });
  const { quick, fsync, only, json, "cpu-prof": profiles } = values;
  const rounds = Number(values.rounds ?? (quick ? 5 : 15));
  if (!(rounds >= 1)) throw new Error("--rounds takes a number from 1 on");
  if (fsync !== undefined && fsync !== "on" && fsync !== "off") throw new Error("--fsync takes on or off");
  const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    throw new Error(`there is no suite ${unknown.join(", ")}; there are ${suites.map(({ name }) => name).join(", ")}`);
  }

  // What was started ends at this process's exit, which a signal alone would skip.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

  const options: SuiteOptions = {
    quick,
    rounds,
    only,
    fsync: fsync === undefined ? undefined : fsync === "on",
    profiles: profiles && resolve(profiles),
    before: values.before === undefined ? undefined : before(values.before),
  };
  const wanted = positionals.length === 0 ? usual : suites.filter(({ name }) => positionals.includes(name));
  let isEmpty = true;
  const missed: string[] = [];
  for (const suite of wanted) {
    const result = await suite.run(options);
    if (result.rows.length === 0) continue;
    isEmpty = false;
    console.log(tableOf(result.rows));
    const behind = result.rows.filter((row) => row.bound !== undefined && !isMet(row));
    missed.push(...behind.map(({ name, broker }) => [name, broker].filter(Boolean).join(", ")));
    if (json !== undefined) keep(json, suite.name, result);
  }
  if (isEmpty) throw new Error("with these options there is nothing to measure");
  if (missed.length > 0) throw new Error(`not within its bound: ${missed.join("; ")}`);
}

/** Puts the figures of a suite into a file, in the place of those that it had of that suite. */
function keep(file: string, name: string, result: SuiteResult): void {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>) : {};
  writeFileSync(file, `${JSON.stringify({ ...kept, [name]: { ...machine(), ...result } }, null, 1)}\n`);
}

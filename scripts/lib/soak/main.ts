import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runLoad, type Tally } from "./load.ts";
import { tableOf } from "./report.ts";
import { sample, type Samples } from "./sample.ts";
import { setStage } from "./stage.ts";
import { judge } from "./verdict.ts";

const sampleEveryMs = 5000;

try {
  await main();
} catch (error) {
  console.error(error);
  process.exit(1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" }, json: { type: "string" } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error("--minutes takes a number above 0");
  // The processes end at this process's exit, which a signal alone would skip.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

  const samples: Samples = new Map();
  const tally: Tally = {};
  await using stage = await setStage();
  const over = new AbortController();
  const working = runLoad(stage, tally, over.signal);
  working.catch(() => over.abort());
  const start = performance.now();
  for (let rounds = 0; !over.signal.aborted; rounds++) {
    const seconds = (performance.now() - start) / 1000;
    if (seconds >= minutes * 60) break;
    await sample(stage, samples, seconds);
    if (rounds % 12 === 0) say(seconds, tally);
    await delay(sampleEveryMs, undefined, { signal: over.signal }).catch(() => {});
  }
  over.abort();
  await working;
  say((performance.now() - start) / 1000, tally);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify([...samples.values()]));
  const verdicts = [...samples.values()].map(judge);
  console.log(tableOf(verdicts));
  const growing = verdicts.filter(({ isSteady }) => !isSteady);
  if (growing.length === 0) return;
  console.error(`– it grows: ${growing.map(({ name }) => name).join(", ")}`);
  process.exitCode = 1;
}

function say(seconds: number, tally: Tally): void {
  const done = Object.entries(tally).toSorted(([a], [b]) => a.localeCompare(b));
  console.error(`– ${Math.round(seconds)} s: ${done.map(([what, count]) => `${what} ${count}`).join(", ")}`);
}

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { check } from "./suite/checker.ts";
import type { History } from "./suite/history.ts";
import { runFaults } from "./suite/run.ts";
import { summaryOf } from "./suite/summary.ts";

const { FAULTS_SEED, FAULTS_MINUTES, FAULTS_CLUSTER, FAULTS_ONLY } = process.env;

/** `scripts/faults` says otherwise; all tests together have time for a short run only. */
const options = {
  seed: Number(FAULTS_SEED ?? Date.now() % 100_000),
  minutes: Number(FAULTS_MINUTES ?? 0.4),
  isCluster: FAULTS_CLUSTER === "1",
  only: FAULTS_ONLY?.split(",") ?? [],
  say: (line: string): void => console.error(`– ${line}`),
};

it(
  "through all faults each guarantee holds: nothing lost, one final ACK each, in order, nothing run again without a kill",
  { timeout: (options.minutes + 6) * 60_000 },
  async () => {
    const history = await runFaults(options);
    const violations = check(history);
    console.log(summaryOf(history, violations));
    if (violations.length > 0) options.say(`the whole history stands in ${await keep(history)}`);
    expect(violations.slice(0, 5)).toEqual([]);
  },
);

async function keep(history: History): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "steward-history-")), "history.json");
  const plain = (_key: string, value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : value);
  await writeFile(file, JSON.stringify(history, plain));
  return file;
}

import { expect, it } from "vitest";
import { check } from "./suite/checker.ts";
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
    expect(violations).toEqual([]);
  },
);

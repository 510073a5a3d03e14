import { expect, test } from "vitest";
import { failed, ok, warning, type Check, type Finding, type Patient } from "../../../../src/cli/doctor/check.ts";
import { runChecks, type Report } from "../../../../src/cli/doctor/run-checks.ts";
import { StewardError } from "../../../../src/protocol/errors.ts";

const patient: Patient = { typed: {}, env: {} };
const check = (name: string, needs: string[], finding: Finding | Error): Check => ({
  name,
  needs,
  run: () => {
    if (finding instanceof Error) throw finding;
    return finding;
  },
});
const run = async (...checks: Check[]): Promise<Report[]> => {
  const reports: Report[] = [];
  for await (const report of runChecks(checks, patient)) reports.push(report);
  return reports;
};

test("a check that depends on a failed one is skipped and names it; a warning skips nothing", async () => {
  const reports = await run(
    check("a", [], warning("slow", "wait")),
    check("b", ["a"], failed("broken", "mend it")),
    check("c", ["b"], ok("never looked at")),
    check("d", ["a", "c"], ok("never looked at")),
    check("e", ["a"], ok("fine")),
  );
  expect(reports).toEqual([
    { check: "a", status: "warning", what: "slow", mend: "wait" },
    { check: "b", status: "failed", what: "broken", mend: "mend it" },
    { check: "c", status: "skipped", what: "needs b" },
    { check: "d", status: "skipped", what: "needs b" },
    { check: "e", status: "ok", what: "fine" },
  ]);
});

test("an error for users is a failure with its solution; a bug is thrown", async () => {
  const [report] = await run(check("a", [], new StewardError("badSettings", "a is wrong; set it; or leave it out")));
  expect(report).toEqual({ check: "a", status: "failed", what: "a is wrong", mend: "set it; or leave it out" });
  await expect(run(check("a", [], new TypeError("a bug")))).rejects.toThrow("a bug");
});

test("silence is a failure too, after 5 s, and all checks together end within 10 s", { timeout: 20_000 }, async () => {
  const silent = (name: string): Check => ({ name, needs: [], run: () => new Promise(() => {}) });
  const began = performance.now();
  const reports = await run(silent("a"), silent("b"), silent("c"));
  expect(performance.now() - began).toBeLessThan(11_000);
  expect(reports.map(({ status }) => status)).toEqual(["failed", "failed", "skipped"]);
  expect(reports[0]?.what).toBe("no answer within 5 s");
});

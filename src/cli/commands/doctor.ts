import type { Command } from "../command.ts";
import { defineCommand } from "../define-command.ts";
import type { Patient } from "../doctor/check.ts";
import { connectionChecks } from "../doctor/connection-checks.ts";
import { fleetChecks } from "../doctor/fleet-checks.ts";
import { runChecks, type Report } from "../doctor/run-checks.ts";
import { exitCodes } from "../exit-codes.ts";
import { print, printJson } from "../print.ts";

export const doctorCommand: Command = defineCommand({
  name: "doctor",
  group: "set up",
  impact: "reads",
  describe: "check everything from this machine to the broker and its streams, and say how to fix problems",
  examples: [
    ["steward doctor", "exit code 0: no problem, 4: no usable broker, 1: another problem"],
    ["steward doctor --json | jq '.checks[] | select(.status != \"ok\")'", "only the problems"],
  ],
  settles: true,
  run: async (typed) => {
    const patient: Patient = { typed, env: process.env };
    const { json } = typed;
    const reports: Report[] = [];
    for await (const report of runChecks([...connectionChecks, ...fleetChecks], patient)) {
      reports.push(report);
      if (!json) print(line(report));
    }
    await patient.broker?.close();
    const broken = reports.filter(({ status }) => status === "failed").map(({ check }) => check);
    if (json) printJson({ healthy: broken.length === 0, checks: reports });
    if (broken.length === 0) return exitCodes.succeeded;
    return broken.some((check) => onTheWay.includes(check)) ? exitCodes.broker : exitCodes.failed;
  },
});

/** The checks on the way to the broker. If one of these checks fails, no command can use a broker. */
const onTheWay: readonly string[] = connectionChecks
  .map(({ name }) => name)
  .filter((name) => !["node", "settings"].includes(name));

function line({ check, status, what, mend }: Report): string {
  return `${status.padEnd(7)}  ${check.padEnd(11)}  ${what}${mend === undefined ? "" : `; ${mend}`}`;
}

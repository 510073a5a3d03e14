import type { Removal } from "../../operate/schedule.ts";
import type { Rule } from "../../protocol/schedule.ts";
import { typeAndSubject } from "../../protocol/subjects.ts";
import type { ScheduleState } from "../../state/schedules.ts";
import { formatDuration } from "../../util/duration.ts";
import { table } from "./table.ts";

/** Schedules as a table. Each row has the message, the node, the next time, and the outcome of the last firing. */
export function schedulesTable(states: readonly ScheduleState[]): string[] {
  const head = ["ID", "NODE", "LANE", "RULE", "ZONE", "NEXT", "LAST", "OUTCOME"];
  return table(
    head,
    states.map(({ address, rule, next, last, outcome }) => [
      address.id,
      address.node,
      typeAndSubject(address),
      ruleText(rule),
      rule.kind === "cron" ? (rule.timeZone ?? "UTC") : "-",
      next ?? "-",
      last?.id ?? "-",
      outcome ?? "-",
    ]),
  );
}

function ruleText(rule: Rule): string {
  if (rule.kind === "at") return "once";
  if (rule.kind === "every") return `every ${formatDuration(rule.everyMs)}`;
  return rule.cron.replace(/^0 /, "");
}

/** A rule in the `--json` output. */
export function ruleJson(rule: Rule): object {
  if (rule.kind === "at") return { at: rule.at };
  if (rule.kind === "every") return { every: formatDuration(rule.everyMs) };
  return { cron: rule.cron, timeZone: rule.timeZone ?? "UTC" };
}

/** The output of `schedule ls --json` for one schedule on one node. */
export function scheduleJson({ address, rule, next, last, outcome, message }: ScheduleState): object {
  const { id, node, messageType, subject } = address;
  const lastFiring = last && { id: last.id, firedAt: new Date(last.firedAt).toISOString(), state: outcome };
  return {
    id,
    node,
    messageType,
    subject,
    schedule: { ...ruleJson(rule), expires: message?.expires, next },
    lastFiring,
    message,
  };
}

/** The result of a removal on one node, as one line. */
export function removalLine({ address, cancelled, running }: Removal): string {
  const said = [`${address.node} ${typeAndSubject(address)}: removed`];
  if (cancelled.length > 0) said.push(`${firings(cancelled)} will not run`);
  if (running.length > 0)
    said.push(`${firings(running)} had started and ${running.length === 1 ? "continues" : "continue"}`);
  return said.join("; ");
}

function firings(ids: readonly string[]): string {
  const [first = "", ...more] = ids;
  return more.length === 0 ? `the firing ${first}` : `${ids.length} firings, ${first} to ${more.at(-1)},`;
}

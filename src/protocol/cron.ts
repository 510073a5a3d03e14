import { Cron } from "croner";
import { clockChanges } from "../util/clock-change.ts";
import { messageOf, StewardError } from "./errors.ts";
import type { Rule } from "./schedule.ts";

type CronRule = Extract<Rule, { kind: "cron" }>;

/** The number of firings that `shortestGap` examines. */
const lookAhead = 60;

/**
 * Reads a cron line: five fields, or six with seconds first. Refuses lines that croner and the broker's scheduler
 * understand differently, because the schedule would then fire at other times than the preview shows.
 * @throws StewardError usage
 */
export function parseCron(line: string, timeZone?: string, now: number = Date.now()): CronRule {
  const fields = (aliases[line.trim()] ?? line).trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) {
    throw fault(
      line,
      "write five fields: minute, hour, day, month and weekday; or six, with seconds before them; or such as @daily",
    );
  }
  const cron = [...(fields.length === 5 ? ["0"] : []), ...fields].map(plainly).join(" ");
  const zone = zoneOf(timeZone);
  const strange = strangeness(cron);
  if (strange !== undefined) throw fault(line, strange);
  if (firings({ kind: "cron", cron, timeZone: zone }, now, 1, line).length === 0) throw fault(line, "it never fires");
  return { kind: "cron", cron, ...(zone === undefined ? {} : { timeZone: zone }) };
}

/** The names that crontabs accept instead of fields. */
const aliases: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/**
 * The time of a cron line's next firing, in milliseconds since 1970. Undefined if the line never fires, or if croner
 * cannot read the line.
 */
export function nextByCron(rule: CronRule, now: number): number | undefined {
  try {
    return firings(rule, now, 1)[0];
  } catch {
    return undefined;
  }
}

/** The shortest time between two of the next firings, in milliseconds. Clock changes (summer time) are ignored. */
export function shortestGap({ kind, cron }: CronRule, now: number): number {
  const moments = firings({ kind, cron }, now, lookAhead);
  return Math.min(...moments.slice(1).map((moment, at) => moment - (moments[at] ?? 0)));
}

function firings({ cron, timeZone = "UTC" }: CronRule, from: number, count: number, line: string = cron): number[] {
  try {
    return new Cron(cron, { timezone: timeZone }).nextRuns(count, new Date(from)).map((date) => date.getTime());
  } catch (error) {
    throw fault(line, messageOf(error).replace(/^CronPattern: (?:Syntax error, )?/, ""));
  }
}

/**
 * Rewrites a field into the form that croner and the broker understand in the same way. `?`, and a `*` with step 1,
 * become `*`. The weekday 7 becomes 0 (Sunday).
 */
function plainly(field: string, at: number): string {
  const items = field.split(",").map((item) => item.replace("?", "*").replace(/^\*\/1$/, "*"));
  return items.map((item) => (at === 5 && item === "7" ? "0" : item)).join(",");
}

/**
 * The reason to refuse a line: only one of croner and the broker accepts the line, or the two understand it
 * differently.
 */
function strangeness(cron: string): string | undefined {
  if (/(?:^|[^a-z])(?:L|W|LW)(?:[^a-z]|$)|[#+]/i.test(cron)) return "the broker does not support L, W, # and +";
  const items = cron.split(" ").map((field) => field.split(","));
  if (items.some((list) => list.length > 1 && list.includes("*"))) return "a field with * must not have other values";
  if (items[5]?.some((item) => /(?:^|-)7|-sun/i.test(item)) === true) {
    return "a range of weekdays must not end on Sunday: write 5-6,0 instead of 5-7";
  }
  return undefined;
}

/** A time zone in the broker's spelling, which is case-sensitive. */
function zoneOf(timeZone: string | undefined): string | undefined {
  if (timeZone === undefined) return undefined;
  try {
    // Only Node accepts an offset as a zone, and only the broker accepts `Local`.
    if (!/^[+-]/.test(timeZone)) {
      const known = new Intl.DateTimeFormat("en-US", { timeZone }).resolvedOptions().timeZone;
      return known.toLowerCase() === timeZone.toLowerCase() ? known : timeZone;
    }
  } catch {
    // Node does not know the zone. The error below reports this.
  }
  throw new StewardError(
    "usage",
    `"${timeZone}" is not a time zone; write one such as Europe/Oslo or America/New_York`,
    { about: "timeZone" },
  );
}

/**
 * A warning if the cron line is affected by a clock change (summer time) of its time zone within a year; undefined
 * otherwise. If the clock skips an hour, the broker skips the firings in this hour. If the clock repeats an hour, the
 * broker fires twice. If the clock changes at midnight, the broker may skip a whole day, so every day is checked in
 * this case.
 */
export function clockNotice({ cron, timeZone }: CronRule, now: number): string | undefined {
  if (timeZone === undefined) return undefined;
  const [second = "", minute = "", hour = "", ...days] = cron.split(" ");
  if (hour === "*") return undefined;
  for (const { from, to, kind } of clockChanges(timeZone, now)) {
    const touchesMidnight = from % 86_400_000 === 0 || to % 86_400_000 === 0;
    const shown = [second, minute, hour, ...(touchesMidnight ? ["*", "*", "*"] : days)].join(" ");
    const [first] = firings({ kind: "cron", cron: shown }, from - 1000, 1);
    if (first === undefined || first >= to) continue;
    const when = new Date(first).toISOString().slice(0, 16).replace("T", " at ");
    const becomes = kind === "skips" ? "leave it out" : "fire twice";
    return `the clock of ${timeZone} ${kind} ${when}, and the broker will ${becomes}`;
  }
  return undefined;
}

function fault(line: string, what: string): StewardError {
  return new StewardError("usage", `"${line}": ${what}`, { about: "cron" });
}

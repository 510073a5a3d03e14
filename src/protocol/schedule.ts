import { parseDuration, unitFault } from "../util/duration.ts";
import { StewardError, type About } from "./errors.ts";

/** When a schedule fires: once, at an interval, or at the times of a cron line. */
export type Rule =
  /** RFC 3339, UTC. */
  | { readonly kind: "at"; readonly at: string }
  | { readonly kind: "every"; readonly everyMs: number }
  /** Six fields, seconds first. Without a time zone: UTC. */
  | { readonly kind: "cron"; readonly cron: string; readonly timeZone?: string | undefined };

/**
 * How long a firing of a schedule with one time waits for its node, in milliseconds, unless the message sets `expires`.
 * A firing of a repeated schedule waits at most for the shortest time between two firings.
 */
export const oneOffExpiry: number = 7 * 86_400_000;

const time = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/**
 * Reads the time of a schedule that fires once. `assertAhead` checks later that it is in the future.
 * @throws StewardError usage
 */
export function parseAt(text: string): Rule {
  const moment = time.test(text) ? Date.parse(text.toUpperCase().replace(" ", "T")) : Number.NaN;
  if (Number.isNaN(moment)) {
    throw usage("at", `"${text}" is not a time; write one such as 2026-12-24T18:00:00Z or 2026-12-24T18:00+01:00`);
  }
  if (!isDay(text)) throw usage("at", `${text}: this day does not exist`);
  if (moment > latest) throw tooFar("at", text);
  return { kind: "at", at: new Date(moment).toISOString() };
}

/** @throws StewardError usage for a time in the past by the broker's clock, in milliseconds since 1970 */
export function assertAhead(rule: Rule, now: number): void {
  if (rule.kind !== "at" || Date.parse(rule.at) > now) return;
  const clock = `the broker's clock says ${new Date(now).toISOString()}`;
  throw usage("at", `${rule.at} is in the past; ${clock}`);
}

/** Reads an interval of whole seconds, because the broker rounds intervals to seconds. @throws StewardError usage */
export function parseEvery(text: string, now: number = Date.now()): Rule {
  const everyMs = parseDuration(text);
  if (everyMs === undefined || everyMs < 1000 || everyMs % 1000 !== 0) {
    const unit = unitFault(text);
    if (unit !== undefined) throw usage("every", `"${text}" ${unit}`);
    throw usage("every", `"${text}" is not an interval; write whole seconds or more, such as 30s or 1h`);
  }
  if (now + everyMs > latest) throw tooFar("every", text);
  return { kind: "every", everyMs };
}

/**
 * The latest time for a schedule. The broker counts nanoseconds since 1970 in 64 bits, so a schedule after the year
 * 2262 fires at once, again and again.
 */
const latest = Date.parse("2200-01-01T00:00:00Z");

function tooFar(about: About, text: string): StewardError {
  return usage(about, `${text} is too far away: the broker's scheduler counts up to the year 2200`);
}

function usage(about: About, message: string): StewardError {
  return new StewardError("usage", message, { about });
}

/** False for a text that begins with a date such as February 30th. JavaScript reads such a date as a day in March. */
export function isDay(text: string): boolean {
  const date = text.slice(0, 10);
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

/** The headers that make a message a schedule in the broker. */
export function scheduleHeaders(rule: Rule, target: string, expiresMs: number): Record<string, string> {
  return {
    "Nats-Schedule": specification(rule),
    "Nats-Schedule-Target": target,
    "Nats-Schedule-TTL": `${Math.max(1, Math.ceil(expiresMs / 1000))}s`,
    ...(rule.kind === "cron" && rule.timeZone !== undefined ? { "Nats-Schedule-Time-Zone": rule.timeZone } : {}),
  };
}

function specification(rule: Rule): string {
  if (rule.kind === "at") return `@at ${rule.at}`;
  return rule.kind === "every" ? `@every ${rule.everyMs / 1000}s` : rule.cron;
}

/**
 * Reads a rule from the headers of a schedule. A rule in an unknown form, which another program may have written,
 * counts as a cron line.
 */
export function parseRule(specified: string, timeZone: string): Rule {
  const [word = "", value = ""] = specified.split(" ");
  if (word === "@at") return { kind: "at", at: value };
  const everyMs = word === "@every" ? parseDuration(value) : undefined;
  if (everyMs !== undefined) return { kind: "every", everyMs };
  return { kind: "cron", cron: specified, ...(timeZone === "" ? {} : { timeZone }) };
}

/** The next firing of a rule without a cron line. The broker counts intervals from the nearest whole second. */
export function nextWithoutCron(rule: Exclude<Rule, { kind: "cron" }>, storedAt: number, now: number): number {
  if (rule.kind === "at") return Date.parse(rule.at);
  const first = Math.round(storedAt / 1000) * 1000 + rule.everyMs;
  return first + Math.max(0, Math.ceil((now - first) / rule.everyMs)) * rule.everyMs;
}

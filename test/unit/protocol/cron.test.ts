import { describe, expect, test } from "vitest";
import { clockNotice, nextByCron, parseCron, shortestGap } from "../../../src/protocol/cron.ts";

const now = Date.parse("2026-06-01T00:00:00Z"); // A Monday.

test("five fields begin with the minute, six with the second", () => {
  expect(parseCron("30 4 * * 1-5", undefined, now)).toEqual({ kind: "cron", cron: "0 30 4 * * 1-5" });
  expect(parseCron("  15 30 4 * *  MON ", "Europe/Oslo", now)).toEqual({
    kind: "cron",
    cron: "15 30 4 * * MON",
    timeZone: "Europe/Oslo",
  });
});

test.each([
  ["0 4 ? * MON", "0 0 4 * * MON"],
  ["0 4 */1 * MON", "0 0 4 * * MON"],
  ["*/1 */10 * * ?", "0 * */10 * * *"],
  ["0 4 * * 3,7", "0 0 4 * * 3,0"],
  ["7 7 7 7 *", "0 7 7 7 7 *"],
  ["@yearly", "0 0 0 1 1 *"],
  ["@annually", "0 0 0 1 1 *"],
  ["@monthly", "0 0 0 1 * *"],
  ["@weekly", "0 0 0 * * 0"],
  ["@daily", "0 0 0 * * *"],
  [" @midnight ", "0 0 0 * * *"],
  ["@hourly", "0 0 * * * *"],
])("%s is given to the broker as %s", (line, cron) => {
  expect(parseCron(line, undefined, now)).toEqual({ kind: "cron", cron });
});

test.each([
  ["* * *", /write five fields: minute, hour, day, month and weekday; or six/],
  ["0 4 * * * * 2027", /write five fields/],
  ["@reboot", /write five fields/],
  ["@Daily", /write five fields/],
  ["61 * * * *", /Invalid value for minute: 61/],
  ["0 4 * * monday", /monday/],
  ["0 4 31 2 *", /it never fires/],
  // Lines that only croner accepts, or that croner and the broker understand differently.
  ["0 4 *,5 * MON", /a field with \* must not have other values/],
  ["0 4 ?,5 * MON", /a field with \* must not have other values/],
  ["0 4 * * 5-7", /a range of weekdays must not end on Sunday: write 5-6,0 instead of 5-7/],
  ["0 4 * * fri-sun", /a range of weekdays must not end on Sunday/],
  ["0 4 L * *", /the broker does not support L, W, # and \+/],
  ["0 4 LW * *", /the broker does not support L, W, # and \+/],
  ["0 4 15W * *", /the broker does not support L, W, # and \+/],
  ["0 4 * * 5L", /the broker does not support L, W, # and \+/],
  ["0 4 * * 1#2", /the broker does not support L, W, # and \+/],
  ["0 4 1 * +1", /the broker does not support L, W, # and \+/],
])("refused, with the reason: %s", (line, reason) => {
  expect(() => parseCron(line, undefined, now)).toThrow(reason);
});

test.each(["Mars/One", "+02:00", "Local", ""])("not a time zone: %j", (zone) => {
  expect(() => parseCron("0 4 * * *", zone, now)).toThrow(`"${zone}" is not a time zone`);
});

test.each([
  ["europe/oslo", "Europe/Oslo"],
  ["AMERICA/NEW_YORK", "America/New_York"],
  ["utc", "UTC"],
  ["Europe/Oslo", "Europe/Oslo"],
  ["US/Eastern", "US/Eastern"],
])("W14: the broker's zones are case-sensitive; the zone in %s is not", (zone, stored) => {
  expect(parseCron("0 4 * * *", zone, now)).toMatchObject({ timeZone: stored });
});

describe("changes of the clock in the time zone", () => {
  test.each([
    ["30 2 * * *", "Europe/Oslo", /repeats 2026-10-25 at 02:30, and the broker will fire twice/],
    ["30 1 * * *", "America/New_York", /repeats 2026-11-01 at 01:30/],
    ["0 */2 * * *", "Europe/Oslo", /repeats 2026-10-25 at 02:00/],
    ["30 2 * 3 *", "Europe/Oslo", /skips 2027-03-28 at 02:30, and the broker will leave it out/],
    // At a change at midnight, the broker also skips the next Monday.
    ["0 0 * * MON", "Africa/Cairo", /skips 2027-04-30 at 00:00/],
  ])("%s in %s does not always fire as written", (line, zone, notice) => {
    expect(clockNotice(parseCron(line, zone, now), now)).toMatch(notice);
  });

  test.each([
    ["0 4 * * *", "Europe/Oslo"],
    ["30 2 * 7 *", "Europe/Oslo"],
    ["30 2 * * MON", "Europe/Oslo"],
    ["*/15 * * * *", "Europe/Oslo"],
    ["30 2 * * *", "Asia/Kolkata"],
    ["30 2 * * *", undefined],
  ])("%s in %s is not affected", (line, zone) => {
    expect(clockNotice(parseCron(line, zone, now), now)).toBeUndefined();
  });
});

test("the next firing is by the clock of the zone", () => {
  expect(nextByCron({ kind: "cron", cron: "0 30 4 * * *" }, now)).toBe(now + 4.5 * 3_600_000);
  expect(nextByCron({ kind: "cron", cron: "0 30 4 * * *", timeZone: "Europe/Oslo" }, now)).toBe(now + 2.5 * 3_600_000);
  expect(nextByCron({ kind: "cron", cron: "no line at all" }, now)).toBeUndefined();
});

test("the shortest gap between two firings, at any time", () => {
  const gap = (line: string): number => shortestGap(parseCron(line, undefined, now), now) / 3_600_000;
  expect(gap("0 9,17 * * *")).toBe(8);
  expect(gap("30 4 * * 1-5")).toBe(24);
  expect(gap("0 0 1 1 *")).toBe(365 * 24);
});

import { expect, test } from "vitest";
import {
  nextWithoutCron,
  assertAhead,
  parseAt,
  parseEvery,
  parseRule,
  scheduleHeaders,
  type Rule,
} from "../../../src/protocol/schedule.ts";

const now = Date.parse("2026-06-01T00:00:00Z");

test("a time must have an offset, and is stored in UTC", () => {
  expect(parseAt("2026-12-24T18:00:00+01:00")).toEqual({ kind: "at", at: "2026-12-24T17:00:00.000Z" });
  expect(parseAt("2026-12-24 18:00z")).toEqual({ kind: "at", at: "2026-12-24T18:00:00.000Z" });
});

test.each(["tomorrow", "2026-12-24", "2026-12-24T18:00:00", "2026-13-01T00:00:00Z", "18:00", ""])(
  "no time: %j",
  (text) => {
    expect(() => parseAt(text)).toThrow(/is not a time; write one such as/);
  },
);

test("a time in the past is refused", () => {
  expect(() => assertAhead(parseAt("2026-05-31T23:59:59Z"), now)).toThrow(
    "2026-05-31T23:59:59.000Z is in the past; the broker's clock says 2026-06-01T",
  );
  assertAhead(parseAt("2026-06-02T00:00:00Z"), now);
});

test("an interval has whole seconds, because the broker would round it", () => {
  expect(parseEvery("1s")).toEqual({ kind: "every", everyMs: 1000 });
  expect(parseEvery("1h30m")).toEqual({ kind: "every", everyMs: 5_400_000 });
  for (const text of ["0s", "500ms", "1500ms", "1.5s", "soon"])
    expect(() => parseEvery(text)).toThrow(`"${text}" is not an interval`);
});

test.each<Rule>([
  { kind: "at", at: "2026-12-24T17:00:00.000Z" },
  { kind: "every", everyMs: 90_000 },
  { kind: "cron", cron: "0 30 4 * * 1-5" },
  { kind: "cron", cron: "0 30 4 * * 1-5", timeZone: "Europe/Oslo" },
])("the broker's headers for %j are read as the same rule", (rule) => {
  const headers = scheduleHeaders(rule, "target", 90_000);
  expect(headers).toMatchObject({ "Nats-Schedule-Target": "target", "Nats-Schedule-TTL": "90s" });
  expect(parseRule(headers["Nats-Schedule"] ?? "", headers["Nats-Schedule-Time-Zone"] ?? "")).toEqual(rule);
});

test("the wait of a firing is in whole seconds, at least one", () => {
  const ttl = (ms: number): string | undefined =>
    scheduleHeaders({ kind: "every", everyMs: 1000 }, "target", ms)["Nats-Schedule-TTL"];
  expect([ttl(1), ttl(1000), ttl(1001)]).toEqual(["1s", "1s", "2s"]);
});

test("an interval starts at the second in which it was stored", () => {
  const rule = { kind: "every", everyMs: 10_000 } as const;
  expect(nextWithoutCron(rule, now + 400, now + 400)).toBe(now + 10_000);
  expect(nextWithoutCron(rule, now + 600, now + 600)).toBe(now + 11_000);
  expect(nextWithoutCron(rule, now, now + 25_000)).toBe(now + 30_000);
});

test.each([
  [() => parseAt("2027-02-30T00:00:00Z"), "this day does not exist"],
  [() => parseAt("2027-04-31T10:00:00+02:00"), "this day does not exist"],
  [() => parseAt("2263-01-01T00:00:00Z"), "counts up to the year 2200"],
  [() => parseEvery("99999d", now), "counts up to the year 2200"],
])("a rule that the broker would fire at another time is refused: %s", (parse, reason) => {
  expect(parse).toThrow(reason);
});

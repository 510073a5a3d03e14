import { describe, expect, test } from "vitest";
import { momentOf, filterOf, statesOf } from "../../../src/cli/filters.ts";

test("names are repeated or separated by commas, and may contain stars", () => {
  expect(filterOf({ node: ["a, b", "ship*"], id: ["x"], type: "event" })).toEqual({
    nodes: ["a", "b", "ship*"],
    subject: [],
    id: ["x"],
    type: "event",
  });
  for (const node of ["a.b", "a>", "", "a,,b"]) {
    expect(() => filterOf({ node: [node] })).toThrow(expect.objectContaining({ code: "usage" }) as Error);
  }
});

test("states are repeated, separated by commas, or given as a class; each counts once", () => {
  expect(statesOf(undefined)).toBeUndefined();
  expect(statesOf(["failed,expired", "failed"])).toEqual(["failed", "expired"]);
  expect(statesOf(["unsuccessful", "started"])).toEqual([
    "failed",
    "rejected",
    "expired",
    "cancelled",
    "interrupted",
    "started",
  ]);
  for (const state of ["", "Failed", "toString"]) {
    expect(() => statesOf([state])).toThrow(expect.objectContaining({ code: "usage" }) as Error);
  }
});

describe("a point in time", () => {
  test("is a duration before now, by the broker's clock", () => {
    expect(momentOf("since", "1h30m")).toBe("5400000ms");
    expect(momentOf("since", undefined)).toBeUndefined();
  });

  test.each([
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T12:00:00.5+02:00", "2026-01-31T10:00:00.500Z"],
    ["2026-01-31 12:00", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31", "2026-01-31T00:00:00.000Z"],
  ])("or %s, in UTC unless it has an offset", (text, time) => {
    expect((momentOf("since", text) as Date).toISOString()).toBe(time);
  });

  test.each(["yesterday", "2026-1-1", "2026-02-30T99:00Z", "12:00", "5", "-2h", ""])("%s is not a time", (text) => {
    expect(() => momentOf("since", text)).toThrow(expect.objectContaining({ code: "usage" }) as Error);
  });
});

test.each(["2026-02-31", "2026-04-31T12:00:00Z", "2026-02-29 10:00"])(
  "--since %s is not taken for another day",
  (since) => {
    expect(() => momentOf("since", since)).toThrow(`--since ${since}: this day does not exist`);
  },
);

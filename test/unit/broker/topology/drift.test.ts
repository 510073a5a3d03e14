import { describe, expect, test } from "vitest";
import { driftOf, needsNewStream } from "../../../../src/broker/topology/drift.ts";

const shipped = {
  name: "STEWARD_ACKS",
  description: "the log",
  subjects: ["a", "b"],
  max_age: 1000,
  allow_direct: true,
  sources: [{ name: "S", subject_transforms: [{ src: "x", dest: "y" }] }],
};

describe("driftOf", () => {
  test("ignores the server's additions, another order of lists, and a reworded description", () => {
    const actual = { ...shipped, description: "other", subjects: ["b", "a"], max_msgs: -1, metadata: { level: "5" } };
    expect(driftOf(shipped, actual)).toEqual([]);
  });

  test.each([
    ["a changed value", "max_age", 2000],
    ["a value taken away", "allow_direct", undefined],
    ["a subject added", "subjects", ["a", "b", "c"]],
    ["a subject replaced", "subjects", ["a", "c"]],
    ["a source taken away", "sources", []],
    ["a transform changed", "sources", [{ name: "S", subject_transforms: [{ src: "x", dest: "z" }] }]],
  ] as const)("finds %s", (_what, field, actual) => {
    expect(driftOf(shipped, { ...shipped, [field]: actual })).toEqual([{ field, expected: shipped[field], actual }]);
  });
});

test("an edit can forbid the deletion of messages, and cannot allow it again", () => {
  const drift = (expected: boolean) => ({ field: "deny_delete", expected, actual: !expected });
  expect([drift(false), drift(true)].map(needsNewStream)).toEqual([true, false]);
});

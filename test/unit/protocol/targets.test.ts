import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isSweeping,
  limited,
  parseLabel,
  parseLimit,
  parseOnly,
  parseTargets,
  plainNames,
  type TargetSpec,
} from "../../../src/protocol/targets.ts";

describe("targets", () => {
  test("are names, patterns, groups and all, separated by commas, with or without spaces", () => {
    expect(parseTargets("ship1, ship2,010")).toEqual(["ship1", "ship2", "010"].map((name) => ({ kind: "name", name })));
    expect(parseTargets("all,@web,sh*p")).toEqual([
      { kind: "all" },
      { kind: "group", name: "web" },
      { kind: "glob", source: "sh*p", fits: expect.any(Function) as unknown },
    ]);
  });

  test.each(["", "ship1,", "ship1,ship2.example.com", "-ship1", "@", "@a.b", "a.*", "ship1 ship2"])(
    "%j is refused",
    (text) => {
      expect(() => parseTargets(text)).toThrow(expect.objectContaining({ code: "badName" }) as Error);
    },
  );

  test("plain names need no request; everything else does", () => {
    expect(plainNames(spec("b,a,b"))).toEqual(["b", "a"]);
    for (const other of ["all", "a,@web", "a*"]) expect(plainNames(spec(other))).toBeUndefined();
    expect(plainNames({ ...spec("a"), limit: parseLimit("1") })).toBeUndefined();
    expect(plainNames({ ...spec("a"), exclude: parseTargets("b") })).toBeUndefined();
    expect(plainNames({ ...spec("a"), labels: [parseLabel("k=v")] })).toBeUndefined();
    expect(plainNames({ ...spec("a"), only: parseOnly("id") })).toBeUndefined();
  });

  test("all and patterns may select unknown nodes; names and groups do not", () => {
    expect(["all", "a,b*", "a,b", "@web"].map((text) => isSweeping(spec(text)))).toEqual([true, true, false, true]);
  });
});

describe("conditions", () => {
  test("an earlier message, with some of its endings or with all that are not successful", () => {
    expect(parseOnly("x:failed,expired")).toEqual({ id: "x", states: ["failed", "expired"] });
    expect(parseOnly("x:pending")).toEqual({ id: "x", states: ["pending"] });
    expect(parseOnly("x").states).toEqual(["failed", "rejected", "expired", "cancelled", "interrupted"]);
  });

  test.each(["", ":failed", "x:", "x:fialed", "x:failed:y", "a.b:failed"])("--only %j is refused", (text) => {
    expect(() => parseOnly(text)).toThrow(expect.objectContaining({ code: "usage" }) as Error);
  });

  test("a label's value may be a pattern, and may contain further equals signs", () => {
    const { key, fits } = parseLabel("site=o*o=");
    expect([key, fits("oslo="), fits("oslo")]).toEqual(["site", true, false]);
    expect(() => parseLabel("=x")).toThrow("write it as key=value");
  });

  test.each(["0", "0%", "101%", "-1", "1.5", "ten", "", "%"])("--limit %j is refused", (text) => {
    expect(() => parseLimit(text)).toThrow(expect.objectContaining({ code: "usage" }) as Error);
  });

  test("a limit selects this number, or at least one for a percentage, and keeps the order", () => {
    const names = Array.from({ length: 300 }, (_, index) => `ship${index}`);
    expect(limited(names, undefined, "s")).toEqual(names);
    expect(limited(names, parseLimit("10%"), "s")).toHaveLength(30);
    expect(limited(names.slice(0, 3), parseLimit("1%"), "s")).toHaveLength(1);
    expect(limited(names, parseLimit("1000"), "s")).toEqual(names);
    expect(limited(names, parseLimit("10"), "s")).not.toEqual(limited(names, parseLimit("10"), "t"));
  });

  test("one seed selects the same nodes, and a smaller percentage is a part of a larger one", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { maxLength: 30 }),
        fc.nat(30),
        fc.nat(30),
        fc.string(),
        (all, a, b, seed) => {
          const [few, more] = [Math.min(a, b), Math.max(a, b)].map((value) =>
            limited(all, { kind: "count", value }, seed),
          );
          expect(few).toHaveLength(Math.min(all.length, a, b));
          expect(few?.every((name) => more?.includes(name))).toBe(true);
          expect(few).toEqual(all.filter((name) => few?.includes(name)));
        },
      ),
    );
  });
});

function spec(text: string): TargetSpec {
  return { include: parseTargets(text), exclude: [], labels: [], seed: "" };
}

import { describe, expect, test } from "vitest";
import { selects, tokensOf, type Selection } from "../../../src/state/selection.ts";

const address = { node: "ship1", messageType: "command", subject: "exec", id: "a" } as const;

test.each<[Selection, boolean]>([
  [{}, true],
  [{ nodes: [], subjects: [], ids: [] }, true],
  [{ nodes: ["ship2", "ship*"], ids: ["*a*"] }, true],
  [{ nodes: ["ship2"] }, false],
  [{ nodes: ["ship1"], subjects: ["shell"] }, false],
  [{ messageType: "command" }, true],
  [{ messageType: "event" }, false],
  [{ ids: ["b", "a*b"] }, false],
])("%o means ship1's command exec: %s", (selection, isMeant) => {
  expect(selects(selection)(address)).toBe(isMeant);
});

test("`log` also selects textLogging, the original program's name, and that also itself", () => {
  const logging = { ...address, messageType: "event", subject: "textLogging" } as const;
  expect(["log", "textLogging", "lo*"].map((name) => selects({ subjects: [name] })(logging))).toEqual([
    true,
    true,
    true,
  ]);
  expect(tokensOf({ subjects: ["log"] }).map(({ subject }) => subject)).toEqual(["log", "textLogging"]);
});

describe("the broker is asked", () => {
  test("for each whole name, once", () => {
    expect(tokensOf({ nodes: ["a", "b", "a"], subjects: ["exec"], messageType: "command" })).toEqual([
      { messageType: "command", node: "a", subject: "exec" },
      { messageType: "command", node: "b", subject: "exec" },
    ]);
  });

  test("for all names if some are patterns", () => {
    expect(tokensOf({ nodes: ["a", "b*"], ids: ["x"] })).toEqual([{ messageType: undefined, id: "x" }]);
  });

  test("for all names rather than for very many", () => {
    const nodes = Array.from({ length: 40 }, (_, at) => `ship${at}`);
    expect(tokensOf({ nodes })).toHaveLength(40);
    expect(tokensOf({ nodes, subjects: ["exec", "shell"] })).toHaveLength(40);
    expect(tokensOf({ nodes: [...nodes, ...nodes.map((name) => `${name}b`)], subjects: ["exec"] })).toEqual([
      { messageType: undefined, subject: "exec" },
    ]);
  });
});

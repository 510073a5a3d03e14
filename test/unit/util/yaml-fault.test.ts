import { expect, test } from "vitest";
import { parseNodeConfig } from "../../../src/config/parse.ts";
import { parseDocuments } from "../../../src/inputs/documents.ts";
import { halfCharacter } from "../../../src/util/well-formed.ts";

const doubtful: readonly (readonly [string, string])[] = [
  ["node: a\nnode: b", 'the key "node" appears twice'],
  ["a:\n  - x: 1\n    'x': 2", 'the key "x" appears twice'],
  ["data: !!python/object/apply:os.system [id]", "the tag !!python/object/apply:os.system is not supported"],
  ['data: [!vault "abc"]', "the tag !vault is not supported"],
  ["!thing {a: 1}", "the tag !thing is not supported"],
  ["a: !!binary aGk=", "the tag !!binary is not supported"],
  ["a: !!set {b, c}", "the tag !!set is not supported"],
  ["a: !!timestamp 2001-01-01", "the tag !!timestamp is not supported"],
  ["a: !!int many", "Unresolved tag"],
  ["%YAML 1.1\n---\na: 2001-01-01", "2001-01-01 is read as a date or as bytes; write it in quotes"],
  ["data: &d [*d]", "the alias *d refers to itself"],
  ["a: &m {b: {c: *m}}", "the alias *m refers to itself"],
  ["data: *nobody", "Unresolved alias"],
  ["<<: {node: a}", "merge keys (<<) are not supported; write the keys out"],
  ["%YAML 1.1\n---\n<<: {node: a}", "merge keys (<<) are not supported; write the keys out"],
  ["? [a]\n: b", "a key is a single text"],
  [String.raw`a: "\ud800"`, halfCharacter],
  [String.raw`"\udc00": a`, halfCharacter],
  [bomb(), "Excessive alias count"],
  [`a: ${"{a: ".repeat(100)}`, "nested deeper than 16 levels"],
  // At the end of the stack the whole process ended.
  ["- ".repeat(20_000), "nested deeper than 16 levels"],
];

test.each(doubtful)("W1, W2, W12, W13: %j is refused, in a paste and in a configuration", async (text, reason) => {
  const { parts } = await parseDocuments(Buffer.from(text));
  expect(parts).toMatchObject([{ kind: "broken", reason: expect.stringContaining(reason) as string }]);
  await expect(parseNodeConfig(text, "steward.yaml")).rejects.toThrow(reason);
});

test("plain YAML has no fault", async () => {
  const text = "- &a {node: n, data: [yes, no, 2001-01-01, '010', !!str 5, ! x, \"🚢\"]}\n- other: *a\n";
  const { parts } = await parseDocuments(Buffer.from(text));
  const first = { node: "n", data: ["yes", "no", "2001-01-01", "010", "5", "x", "🚢"] };
  expect(parts.map((part) => part.kind === "value" && part.value)).toEqual([first, { other: first }]);
});

test("of several documents only the doubtful one is broken", async () => {
  const { parts } = await parseDocuments(Buffer.from("a: b\n---\na: !x y\n---\nb: c\n"));
  expect(parts).toMatchObject([
    { value: { a: "b" } },
    { reason: "line 3, column 7: the tag !x is not supported" },
    { value: { b: "c" } },
  ]);
});

function bomb(): string {
  const levels = "abcdefgh".split("").map((name, at, all) => {
    const before = at === 0 ? "x" : `*${all[at - 1]}`;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => before).join(", ")}]`;
  });
  return levels.join("\n");
}

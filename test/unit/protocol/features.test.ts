import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assertUnderstood, features } from "../../../src/protocol/features.ts";
import { check, messageSchema } from "../../../src/protocol/message.ts";
import { parseDraft } from "../../../src/protocol/draft.ts";
import { version } from "../../../src/protocol/version.ts";
import { messageByHand } from "../../support/by-hand.ts";

test("a message that requires known features is accepted", () => {
  for (const requires of [undefined, [], features]) {
    expect(() => assertUnderstood({ ...messageByHand(), requires })).not.toThrow();
  }
});

test.each([
  [["later"], '"later"'],
  [["later", ...features, "latest"], '"later", "latest"'],
])("a message that requires %j is refused", (requires, names) => {
  const text = `the message requires ${names}, which Steward ${version} does not know; update Steward on this node`;
  expect(() => assertUnderstood({ requires })).toThrow(text);
  expect(() => assertUnderstood({ requires, data: { in: "a form of its own" } })).toThrow(text);
});

test.each([
  ["later", "requires: must be a list of names"],
  [{ later: true }, "requires: must be a list of names"],
  [["later", 1], "requires.1: must be a string"],
  [["two words"], "requires.0: may hold only A-Z a-z 0-9 _ - and at most 64 of them"],
  [Array.from({ length: 33 }, (_, at) => `f${at}`), "requires: must be at most 32 names"],
])("requires %j is refused by the schema, on the wire and in a draft", (requires, fault) => {
  expect(() => assertUnderstood({ requires })).not.toThrow();
  expect(() => check(messageSchema, { ...messageByHand(), requires })).toThrow(fault);
  expect(() => parseDraft({ node: "ship1", subject: "ping", requires })).toThrow(fault);
});

test("a person may require any feature, known or unknown", () => {
  const draft = parseDraft({ node: "ship1", subject: "ping", requires: ["later"] });
  expect(draft).toMatchObject({ requires: ["later"] });
});

test("docs/compatibility.md lists exactly the known features", () => {
  const docs = readFileSync(join(import.meta.dirname, "../../../docs/compatibility.md"), "utf8");
  const [, section = ""] = docs.split("## Features\n");
  const listed = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(features);
});

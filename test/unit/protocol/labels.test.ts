import { expect, test } from "vitest";
import { hasLabel, labelsIn } from "../../../src/protocol/labels.ts";
import { parseLabel } from "../../../src/protocol/targets.ts";

test.each([
  [{ labels: { site: "oslo", rack: 4 } }, { site: "oslo", rack: "4" }],
  [{ labels: { site: "oslo", odd: { toString: 1, valueOf: 1 }, list: ["x"] } }, { site: "oslo" }],
  [{ labels: "site=oslo" }, {}],
  [{ labels: null }, {}],
  [{}, {}],
  [undefined, {}],
])("the labels in %j", (info, labels) => {
  expect(Object.fromEntries(labelsIn(info))).toEqual(labels);
});

test.each([
  ["site=os*", true],
  ["site=bergen", false],
  ["rack=*", false],
  // Properties that every object inherits are not labels.
  ["constructor=*", false],
  ["__proto__=*", false],
])("--label %s", (text, isMeant) => {
  expect(hasLabel(labelsIn({ labels: { site: "oslo" } }), parseLabel(text))).toBe(isMeant);
});

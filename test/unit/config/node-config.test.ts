import { describe, expect, test } from "vitest";
import { laneRuleFor, noConfig, policyFor } from "../../../src/config/node-config.ts";
import { parseNodeConfig } from "../../../src/config/parse.ts";

const config = await parseNodeConfig(
  `
policy:
  - { subject: command.deploy, error: [timedOut, exitCode], verdict: quarantine }
  - { subject: [command.re*, event.*], retries: 1 }
  - { error: spawnFailed, retries: 2 }
  - { subject: "*.deploy", retries: 3 }
lanes:
  command.deploy: { onFailure: halt }
  command.*: { timeout: 10m }
`,
  "steward.yaml",
);

describe("the first policy rule that matches lane and error decides", () => {
  test.each([
    ["command.deploy", "exitCode", { verdict: "quarantine" }],
    ["command.deploy", "timedOut", { verdict: "quarantine" }],
    ["command.deploy", "handlerFailed", { retries: 3, verdict: "continue" }],
    ["command.reboot", "spawnFailed", { retries: 1 }],
    ["event.log", "handlerFailed", { retries: 1 }],
    ["command.exec", "spawnFailed", { retries: 2 }],
    ["command.deploy", "spawnFailed", { retries: 2 }],
    ["event.deploy", "exitCode", { retries: 1 }],
    ["command.exec", "exitCode", undefined],
    ["command.deploy2", "exitCode", undefined],
  ])("%s %s", (lane, code, rule) => {
    const found = policyFor(config, lane, code);
    if (rule === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(rule);
  });
});

test("the first rule that matches a lane applies to it", () => {
  expect(laneRuleFor(config, "command.deploy")).toMatchObject({ onFailure: "halt" });
  expect(laneRuleFor(config, "command.deploy")?.timeout).toBeUndefined();
  expect(laneRuleFor(config, "command.exec")).toMatchObject({ onFailure: "continue", timeout: 600_000 });
  expect(laneRuleFor(config, "event.deploy")).toBeUndefined();
});

test("without a file no rule matches", () => {
  expect(policyFor(noConfig, "command.exec", "exitCode")).toBeUndefined();
  expect(laneRuleFor(noConfig, "command.exec")).toBeUndefined();
});

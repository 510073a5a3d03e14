import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { laneRuleFor, policyFor } from "../../../src/config/node-config.ts";
import { parseNodeConfig } from "../../../src/config/parse.ts";
import { refusalOf } from "../../../src/node/allow.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { messageWith } from "../node/support.ts";

const docs = readFileSync(join(import.meta.dirname, "../../../docs/configuration.md"), "utf8");
const [, example = ""] = /```yaml\n(.*?)```/s.exec(docs) ?? [];
const config = await parseNodeConfig(example, "example");

test.each<[Partial<Message>, string | undefined]>([
  [{ from: "kai", subject: "exec", data: ["uptime"] }, undefined],
  [{ from: "kai", subject: "exec", data: ["reboot", "-f"] }, "rule 1 (no reboots) of accept refuses"],
  [{ from: "kai", subject: "shell", data: ["uptime"] }, "no rule of accept allows"],
  [{ from: "deployer", subject: "exec", data: ["systemctl", "restart", "nginx"] }, undefined],
  [{ from: "deployer", subject: "exec", data: ["systemctl", "stop", "nginx"] }, "no rule of accept allows"],
  [{ from: "ship2", messageType: "event", subject: "textLogging", data: ["a line"] }, undefined],
])("the example in docs/configuration.md: %j", (message, refusal) => {
  const found = refusalOf(messageWith(message), config.accept);
  if (refusal === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(refusal);
});

test("the example in docs/configuration.md: options, policy and lanes", () => {
  expect(config.options).toEqual({ server: "nats://central:4222", label: ["site=oslo"], timeout: "2m" });
  expect(policyFor(config, "command.deploy", "exitCode")).toMatchObject({ retries: 3, verdict: "quarantine" });
  expect(laneRuleFor(config, "command.deploy")).toMatchObject({ onFailure: "halt", timeout: 600_000 });
});

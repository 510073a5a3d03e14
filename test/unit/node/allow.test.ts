import { describe, expect, test } from "vitest";
import { parseNodeConfig } from "../../../src/config/parse.ts";
import { refusalOf } from "../../../src/node/allow.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { messageWith } from "./support.ts";

const rulesOf = async (accept: unknown) => (await parseNodeConfig(JSON.stringify({ accept }), "steward.yaml")).accept;
const refusal = async (accept: unknown, changes: Partial<Message>) =>
  refusalOf(messageWith({ from: "kai", subject: "exec", ...changes }), await rulesOf(accept));

test("without a list everything is let in, with an empty one nothing", async () => {
  expect(refusalOf(messageWith(), undefined)).toBeUndefined();
  expect(await refusal([], {})).toBe("no rule of accept allows this command.exec from kai");
});

describe("a part of a rule looks at its part of the message", () => {
  test.each<[part: object, fitting: Partial<Message>, other: Partial<Message>]>([
    [{ from: "kai" }, { from: "kai" }, { from: "kaia" }],
    [{ from: ["kai", "ops-*"] }, { from: "ops-1" }, { from: "ops" }],
    [{ type: "event" }, { messageType: "event" }, { messageType: "command" }],
    [{ subject: ["exec", "sh*"] }, { subject: "shell" }, { subject: "ping" }],
    [{ subject: "log" }, { messageType: "event", subject: "textLogging" }, { subject: "text" }],
    [{ subject: "textLogging" }, { messageType: "event", subject: "log" }, { subject: "textLogger" }],
    [{ from: "kai", subject: "exec" }, {}, { subject: "shell" }],
    [{ from: "kai", subject: "exec" }, {}, { from: "eve" }],
  ])("%j", async (part, fitting, other) => {
    expect(await refusal([part], fitting)).toBeUndefined();
    expect(await refusal([part], other)).toMatch(/^no rule of accept allows this /);
  });
});

describe("each pattern for data matches one of its strings", () => {
  const systemctl = ["systemctl", "/restart|status/", "nginx*"];
  test.each<[patterns: string | string[], fitting: string[][], other: string[][]]>([
    [systemctl, [["systemctl", "status", "nginx"]], [["systemctl", "stop", "nginx"]]],
    [
      systemctl,
      [["systemctl", "restart", "nginx@2"]],
      [
        ["systemctl", "restart"],
        ["systemctl", "restart", "nginx", ""],
      ],
    ],
    [
      ["ls", "**"],
      [["ls"], ["ls", "-l", "/"]],
      [[], ["lsof"]],
    ],
    [["**"], [[], ["a"]], []],
    [[], [[]], [[""]]],
    ["uptime", [["uptime"]], [[], ["uptime", "-p"]]],
    [["cat", "/etc/*"], [["cat", "/etc/hosts"]], [["cat", "etc"]]],
    [["a*c"], [["a\nc"]], [["a\nd"]]],
  ])("%j", async (data, fitting, other) => {
    for (const one of fitting) expect(await refusal([{ data }], { data: one })).toBeUndefined();
    for (const one of other) expect(await refusal([{ data }], { data: one })).toMatch(/^no rule /);
  });
});

test("the first rule that fits decides, and is named where it refuses", async () => {
  const accept = [
    { name: "no reboots", allow: false, subject: "exec", data: ["reboot", "**"] },
    { from: "eve", allow: false },
    { name: "operators", from: ["kai", "eve"] },
  ];
  expect(await refusal(accept, { data: ["uptime"] })).toBeUndefined();
  expect(await refusal(accept, { data: ["reboot", "-f"] })).toBe(
    "rule 1 (no reboots) of accept refuses command.exec from kai",
  );
  expect(await refusal(accept, { from: "eve" })).toBe("rule 2 of accept refuses command.exec from eve");
  expect(await refusal(accept, { from: "mallory" })).toBe("no rule of accept allows this command.exec from mallory");
});

test("an expression that finds no end refuses, also where the rule would allow", async () => {
  const data = [`${"a".repeat(60)}b`];
  expect(await refusal([{ name: "slow", data: ["/(a+)+/"] }, {}], { data })).toBe(
    "rule 1 (slow) of accept cannot judge command.exec from kai: /(a+)+/ gave no result within 1000 ms",
  );
});

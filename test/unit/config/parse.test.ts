import { describe, expect, test } from "vitest";
import { nodeCommand } from "../../../src/cli/commands/node.ts";
import { globalOptions } from "../../../src/cli/global-options.ts";
import { parseNodeConfig } from "../../../src/config/parse.ts";

const parse = async (text: string) => parseNodeConfig(text, "steward.yaml");

test("an empty object, or only comments, set nothing", async () => {
  const nothing = { options: {}, accept: undefined, policy: [], lanes: [] };
  expect(await parse("{}")).toEqual(nothing);
  expect(await parse("# nothing yet\n")).toEqual(nothing);
});

test("YAML and JSON mean the same; durations become milliseconds, except in options", async () => {
  const yaml = `
timeout: 90s
retries: 2
label: site=oslo
policy:
  - { subject: command.deploy, error: timedOut, retries: 3, retryWait: 10s, verdict: quarantine }
  - {}
lanes:
  command.*: { onFailure: halt, timeout: 10m }
`;
  const json = JSON.stringify({
    timeout: "90s",
    retries: 2,
    label: ["site=oslo"],
    policy: [
      { subject: ["command.deploy"], error: ["timedOut"], retries: 3, retryWait: "10s", verdict: "quarantine" },
      { verdict: "continue" },
    ],
    lanes: { "command.*": { onFailure: "halt", timeout: "10m" } },
  });
  const fits = expect.any(Function) as unknown;
  for (const text of [yaml, json]) {
    expect(await parse(text)).toEqual({
      options: { timeout: "90s", retries: 2, label: ["site=oslo"] },
      accept: undefined,
      policy: [
        { subject: fits, error: ["timedOut"], retries: 3, retryWait: 10_000, verdict: "quarantine" },
        { verdict: "continue" },
      ],
      lanes: [{ lane: fits, onFailure: "halt", timeout: 600_000 }],
    });
  }
});

test("every option of the node, and of all commands, is a key of the file", async () => {
  const names = Object.keys({ ...globalOptions, ...nodeCommand.options });
  const keys = names.map((name) => name.replaceAll(/-./g, ([, letter = ""]) => letter.toUpperCase()));
  const isKnown = async (key: string) =>
    parse(`${key}: []`).catch((error: unknown) => !String(error).includes("unknown key"));
  const unknown = await Promise.all(keys.map(async (key) => ((await isKnown(key)) === false ? [key] : [])));
  expect(unknown.flat()).toEqual(["config", "json"]);
});

const duration = 'must be a duration longer than 0 such as "30s" or "5m", at most 24d';
describe("an error is reported on one line, with its place", () => {
  test.each([
    ["", "is empty; for no settings, write {}"],
    [" \n", "is empty; for no settings, write {}"],
    ["[]", "must be a mapping of keys to values"],
    ["accept: [[]]", "accept.1: must be a mapping of keys to values"],
    ["colour: red", "colour: unknown key"],
    ["timeout: 0s\nretires: 3", "retires: unknown key; did you mean retries?"],
    ["acept: []", "acept: unknown key; did you mean accept?"],
    ["timeout: 60", "timeout: must have a unit; write 60s, 60m, 60h or 60d"],
    ['timeout: "60"', "timeout: must have a unit; write 60s, 60m, 60h or 60d"],
    ["timeout: soon", `timeout: ${duration}`],
    ["timeout: 0s", `timeout: ${duration}`],
    ["timeout: 25d", `timeout: ${duration}`],
    ["retries: -1", "retries: must not be negative"],
    ["outputLimit: 1.5", "outputLimit: must be a whole number"],
    ["server: 1", "server: must be a text; put numbers, true and false in quotes"],
    ["accept:", "accept: must be a list of rules"],
    ["accept: [operators]", "accept.1: must be a mapping of keys to values"],
    ["accept: [{}, { allow: no }]", "accept.2.allow: must be true or false"],
    ["accept: [{ from: [kai, a.b] }]", "accept.1.from.2: may hold only A-Z a-z 0-9 _ - and *"],
    ["accept: [{ from: 7 }]", "accept.1.from: must be a text or a list of texts"],
    ["accept: [{ from: [] }]", "accept.1.from: must not be empty"],
    ["accept: [{ type: order }]", 'accept.1.type: must be "command" or "event"'],
    ["accept: [{ subjekt: exec }]", "accept.1.subjekt: unknown key; did you mean subject?"],
    ["accept: [{ data: [a, '**', b] }]", 'accept.1.data: may have "**" only at its end'],
    ["accept: [{ data: [a, 1] }]", "accept.1.data.2: must be a text; put numbers, true and false in quotes"],
    [
      "accept: [{ data: [ls, /var/log/] }]",
      "accept.1.data.2: a text between slashes is a regular expression: write a slash within it as \\/",
    ],
    [
      "accept: [{ data: [a, /(/] }]",
      "accept.1.data.2: a text between slashes is a regular expression: Invalid regular expression: /^(?:()$/u: Unterminated group",
    ],
    ["policy: { verdict: retry }", "policy: must be a list of rules"],
    [
      "policy: [{}, { verdict: stop }]",
      "policy.2.verdict: must be one of retry, continue, restart, quarantine, shutdown",
    ],
    ["policy: [{ error: late }]", "policy.1.error: must be an error code, see docs/errors.md"],
    ["policy: [{ subject: deploy }]", 'policy.1.subject: must be a lane such as "command.exec", "event.*" or "*"'],
    ["lanes: { exec: {} }", 'lanes.exec: must be a lane such as "command.exec", "event.*" or "*"'],
    ["lanes: { command.exec: halt }", "lanes.command.exec: must be a mapping of keys to values"],
    ["lanes: { command.exec: { onFailure: stop } }", "lanes.command.exec.onFailure: must be continue or halt"],
  ])("%s", async (text, fault) => {
    await expect(parse(text)).rejects.toMatchObject({ code: "badSettings", message: `steward.yaml: ${fault}` });
  });
});

describe("text that is neither YAML nor JSON is reported with its line", () => {
  test.each([
    ["accept: [", "at line 1, column 10"],
    ["timeout: 1s\ntimeout: 2s", 'the key "timeout" appears twice at line 2, column 1'],
    ["from: *nobody", "Unresolved alias"],
    ["a: 1\n---\nb: 2", "at line 2, column 1"],
  ])("%j", async (text, fault) => {
    const refused = await parse(text).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "notJson",
      message: expect.stringMatching(/^steward\.yaml: [^\n]+$/) as unknown,
    });
    expect(String(refused)).toContain(fault);
  });
});

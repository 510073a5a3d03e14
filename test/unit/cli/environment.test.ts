import { describe, expect, test } from "vitest";
import type { Option } from "../../../src/cli/command.ts";
import { withEnvironment, withFile } from "../../../src/cli/environment.ts";

const options: Readonly<Record<string, Option>> = {
  server: { type: "string", describe: "" },
  "log-level": { type: "string", choices: ["debug", "info"], describe: "" },
  retries: { type: "number", describe: "" },
  json: { type: "boolean", describe: "" },
  label: { type: "strings", describe: "" },
};

test("each option may come from its variable, in its own type", () => {
  const env = {
    STEWARD_SERVER: "nats://a",
    STEWARD_LOG_LEVEL: "debug",
    STEWARD_RETRIES: "3",
    STEWARD_JSON: "1",
    STEWARD_LABEL: "a=1,b=2",
  };
  const filled = { server: "nats://a", "log-level": "debug", retries: 3, json: true, label: ["a=1", "b=2"] };
  expect(withEnvironment({}, options, env)).toEqual(filled);
});

test("an option that was typed goes before its variable, and that before NATS_URL", () => {
  const env = { STEWARD_SERVER: "nats://steward", NATS_URL: "nats://nats" };
  expect(withEnvironment({ server: "nats://typed" }, options, env)).toEqual({ server: "nats://typed" });
  expect(withEnvironment({}, options, env)).toEqual({ server: "nats://steward" });
  expect(withEnvironment({}, options, { NATS_URL: "nats://nats" })).toEqual({ server: "nats://nats" });
});

test("empty variables, and what marks a run for its child processes, count for nothing", () => {
  const env = { STEWARD_SERVER: "", NATS_URL: "", STEWARD_JSON: "", STEWARD_RUN_JSON: "1", STEWARD_RUN_NODE: "ship1" };
  expect(withEnvironment({}, options, env)).toEqual({});
});

test("a flag can be switched off", () => {
  expect(withEnvironment({}, options, { STEWARD_JSON: "false" })).toEqual({ json: false });
});

describe("a value that cannot be used is told with its variable", () => {
  test.each([
    [{ STEWARD_JSON: "maybe" }, 'STEWARD_JSON must be true or false, not "maybe"'],
    [{ STEWARD_RETRIES: "few" }, 'STEWARD_RETRIES must be a number, not "few"'],
    [{ STEWARD_LOG_LEVEL: "loud" }, 'STEWARD_LOG_LEVEL must be one of debug, info, not "loud"'],
  ])("%j", (env, message) => {
    expect(() => withEnvironment({}, options, env)).toThrow(
      expect.objectContaining({ code: "badSettings", message }) as Error,
    );
  });
});

test("a file fills in what neither the command line nor a variable says", () => {
  const args = withEnvironment({ retries: 1 }, options, { STEWARD_LOG_LEVEL: "debug" });
  expect(withFile(args, { retries: 2, logLevel: "info", label: ["a=1"], tlsCa: "ca.pem" })).toEqual({
    retries: 1,
    "log-level": "debug",
    label: ["a=1"],
    "tls-ca": "ca.pem",
  });
  expect(withFile({ json: false }, { json: true })).toEqual({ json: false });
});

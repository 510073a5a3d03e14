import { describe, expect, test } from "vitest";
import type { Option } from "../../../src/cli/command.ts";
import { environmentLayer } from "../../../src/config/environment.ts";

const options: Readonly<Record<string, Option>> = {
  server: { type: "string", describe: "" },
  "log-level": { type: "string", choices: ["debug", "info"], describe: "" },
  retries: { type: "number", describe: "" },
  json: { type: "boolean", describe: "" },
  context: { type: "string", describe: "" },
  label: { type: "strings", describe: "" },
};

const said = (env: NodeJS.ProcessEnv) => environmentLayer(options, env).values;

test("each option can be set by its variable, with its own type", () => {
  const env = {
    STEWARD_SERVER: "nats://a",
    STEWARD_LOG_LEVEL: "debug",
    STEWARD_RETRIES: "3",
    STEWARD_JSON: "1",
    STEWARD_LABEL: "a=1,b=2",
  };
  const filled = { server: "nats://a", "log-level": "debug", retries: 3, json: true, label: ["a=1", "b=2"] };
  expect(said(env)).toEqual(filled);
});

test("our variable has precedence over that of the nats CLI", () => {
  const env = { STEWARD_SERVER: "nats://steward", NATS_URL: "nats://nats", NATS_CONTEXT: "prod" };
  const { values, originOf } = environmentLayer(options, env);
  expect(values).toEqual({ server: "nats://steward", context: "prod" });
  expect(["server", "context"].map(originOf)).toEqual([
    { kind: "variable", name: "STEWARD_SERVER" },
    { kind: "variable", name: "NATS_CONTEXT" },
  ]);
  expect(said({ NATS_URL: "nats://nats" })).toEqual({ server: "nats://nats" });
});

test("empty variables, and those that mark a run for its child processes, are ignored", () => {
  const env = { STEWARD_SERVER: "", NATS_URL: "", STEWARD_JSON: "", STEWARD_RUN_JSON: "1", STEWARD_RUN_NODE: "ship1" };
  expect(said(env)).toEqual({});
});

test("a flag can be set to false", () => {
  expect(said({ STEWARD_JSON: "false" })).toEqual({ json: false });
});

describe("an invalid value is reported with its variable", () => {
  test.each([
    [{ STEWARD_JSON: "maybe" }, 'STEWARD_JSON must be true or false, not "maybe"'],
    [{ STEWARD_RETRIES: "few" }, 'STEWARD_RETRIES must be a number, not "few"'],
    [{ STEWARD_LOG_LEVEL: "loud" }, 'STEWARD_LOG_LEVEL must be one of debug, info, not "loud"'],
  ])("%j", (env, message) => {
    expect(() => said(env)).toThrow(expect.objectContaining({ code: "badSettings", message }) as Error);
  });
});

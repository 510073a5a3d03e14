import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { program } from "../support/steward.ts";
import { run } from "./support.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

describe("2: an invalid command line", () => {
  test.each([
    [["frobnicate"], "unknown command: frobnicate; see `steward --help` (usage)"],
    [["nodes", "--bogus"], "unknown option: --bogus; see `steward nodes --help` (usage)"],
    [["status"], "the argument <id> is missing; see `steward status --help` (usage)"],
    [
      ["send", "ship1", "ping", "--wait", "soon"],
      '--wait soon: must be a duration such as "30s" or "5m", at most 24d (usage)',
    ],
    [
      ["send", "ship1.example.com", "ping"],
      'the node name "ship1.example.com" may hold only A-Z a-z 0-9 _ - and at most 64 of them; try "ship1-example-com" (badName)',
    ],
  ])("steward %s", async (args, line) => {
    const { code, stdout, stderr } = await run(args, { NATS_URL: fleet.server.url });
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 2, stdout: "", stderr: `steward: ${line}\n` });
  });
});

test("the stack of an error is shown with --log-level debug, and only then", async () => {
  const env = { NATS_URL: fleet.server.url };
  const oneLine = "steward: message not found: no a in the queue or in the log (notFound)\n";
  expect((await run(["status", "a"], env)).stderr).toBe(oneLine);
  for (const debugging of [
    await run(["status", "a", "--log-level", "debug"], env),
    await run(["status", "a", "--log-level=debug"], env),
    await run(["status", "a"], { ...env, STEWARD_LOG_LEVEL: "debug" }),
  ]) {
    expect(debugging).toMatchObject({ code: 5, stderr: expect.stringMatching(/^.*\n.*\n +at /) as unknown });
  }
  const data = await run(["send", "none", "a.b", "--", "--log-level", "debug"], env);
  expect(data.stderr).toMatch(/^steward: .*\n$/);
});

test("a reader that leaves early causes no error", async () => {
  for (let sends = 0; sends < 3; sends++) await fleet.steward(["send", "ship1", "ping"]);
  const child = spawn("sh", ["-c", `"$0" "$1" log | head -n 1`, process.execPath, program], {
    env: { ...process.env, NATS_URL: fleet.server.url },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  await once(child, "close");
  expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/^.* started\n$/) as unknown, stderr: "" });
});

describe("the environment", () => {
  const nowhere = "nats://127.0.0.1:1";

  test("--server has precedence over STEWARD_SERVER, and that over NATS_URL; empty variables are ignored", async () => {
    const { url } = fleet.server;
    const env = [
      { STEWARD_SERVER: url, NATS_URL: nowhere },
      { STEWARD_SERVER: "", NATS_URL: url },
    ];
    for (const one of env) expect(await run(["nodes"], one)).toMatchObject({ code: 0 });
    const typed = await run(["nodes", "-s", url], { STEWARD_SERVER: nowhere, NATS_URL: nowhere });
    expect(typed).toMatchObject({ code: 0 });
  });

  test("each option has its variable; the variables that mark a daemon's runs are not among them", async () => {
    const env = { NATS_URL: fleet.server.url, STEWARD_RUN_JSON: "1", STEWARD_RUN_NODE: "x", STEWARD_RUN_ID: "y" };
    expect((await run(["send", "ship1", "ping"], env)).stdout.toString()).toBe("pong\n");
    const { stdout } = await run(["send", "ship1", "ping"], { ...env, STEWARD_JSON: "true", STEWARD_FROM: "env" });
    expect(JSON.parse(stdout.toString())).toMatchObject({ nodes: [{ message: { from: "env" } }] });
  });

  test("options that select nodes, or belong to a single call, have no variable", async () => {
    const env = {
      NATS_URL: fleet.server.url,
      STEWARD_LABEL: "site=nowhere",
      STEWARD_EXCLUDE: "ship1",
      STEWARD_DRY_RUN: "1",
      STEWARD_EVERY: "1h",
      STEWARD_ID: "a.b",
    };
    expect((await run(["send", "ship1", "ping"], env)).stdout.toString()).toBe("pong\n");
  });

  test("2: an invalid value is reported with its variable", async () => {
    const { code, stderr } = await run(["nodes"], { STEWARD_JSON: "maybe" });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'steward: STEWARD_JSON must be true or false, not "maybe" (badSettings)\n',
    });
  });
});

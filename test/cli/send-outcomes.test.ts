import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { run } from "./support.ts";

interface SendJson {
  readonly id: string;
  readonly nodes: readonly Ack[];
  readonly summary: Readonly<Record<string, number>>;
}

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

describe("one node", () => {
  test("0: its output, and nothing else", async () => {
    expect(await send("ship1", "exec", "--", "uname", "-s")).toEqual({ code: 0, stdout: "Linux\n", stderr: "" });
    expect(await send("ship1", "ping")).toEqual({ code: 0, stdout: "pong\n", stderr: "" });
    expect(await send("ship1", "log", "a line")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("0: stderr of the run is stderr here", async () => {
    const result = { code: 0, stdout: "out", stderr: "err" };
    expect(await send("ship1", "shell", "printf out; printf err >&2")).toEqual(result);
  });

  test("0: bytes that are not UTF-8 arrive unchanged", async () => {
    const env = { NATS_URL: fleet.server.url };
    const { stdout } = await run(["send", "ship1", "shell", String.raw`printf '\377\376\000a\n\r'`], env);
    expect(stdout).toEqual(Buffer.from([0xff, 0xfe, 0x00, 0x61, 0x0a, 0x0d]));
  });

  test("1: a command that failed, with its exit code", async () => {
    expect(await send("ship1", "exec", "--", "false")).toEqual({
      code: 1,
      stdout: "",
      stderr: "ship1: failed: exit code 1\n",
    });
    expect(await send("ship1", "shell", "echo out; printf no >&2; exit 7")).toEqual({
      code: 1,
      stdout: "out\n",
      stderr: "no\nship1: failed: exit code 7\n",
    });
  });

  test("1: a subject without a handler on the node", async () => {
    const { code, stdout, stderr } = await send("ship1", "frobnicate");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^ship1: rejected: this node has no handler for command\.frobnicate; it has .*command\.exec.*\n$/,
    );
  });

  test("1: a message that expired before it started", async () => {
    await send("ship1", "exec", "--no-wait", "--", "sleep", "1");
    const late = await send("ship1", "exec", "--expires", "200ms", "--", "echo", "late");
    expect(late).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^ship1: expired: /) as unknown });
  });

  test("1: a run that took longer than its timeout", async () => {
    const { code, stderr } = await send("ship1", "exec", "--timeout", "200ms", "--", "sleep", "9");
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ship1: failed: .*200 ms/) as unknown,
    });
  });

  test("3: a message that is still running when the wait ends, with its id", async () => {
    const { code, stdout, stderr } = await send("ship1", "exec", "--wait", "500ms", "--", "sleep", "2");
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(
      /^ship1: running \(started, attempt 1\)\n(\w+) is still running; see `steward status \1`, or wait with `steward wait \1`\n$/,
    );
  });
});

describe("several nodes", () => {
  test("equal outputs are shown once with all names, and the summary goes to stderr", async () => {
    const { code, stdout, stderr } = await send("ship1,ship2", "shell", "echo one; echo two >&2");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "ship1, ship2: succeeded\n  one\n  two\n" });
    expect(stderr).toMatch(/^\w{26}: 2 succeeded\n$/);
  });

  test("failures come first, and count more than pending messages", async () => {
    const script = 'echo "I am $STEWARD_RUN_NODE"; [ $STEWARD_RUN_NODE = ship1 ]';
    const { code, stdout, stderr } = await send("ship1,ship2,away", "shell", "--wait", "2s", script);
    expect(code).toBe(1);
    expect(stdout).toBe("ship2: failed: exit code 1\n  I am ship2\naway: queued\nship1: succeeded\n  I am ship1\n");
    expect(stderr).toMatch(
      /\n(\w{26}): 1 succeeded, 1 failed, 1 queued\n\1 is still queued; see `steward status \1`, or wait with `steward wait \1`\n$/,
    );
  });

  test("a node that is given twice gets the message once", async () => {
    expect(await send("ship1,ship1", "ping")).toEqual({ code: 0, stdout: "pong\n", stderr: "" });
  });
});

describe("--json prints one document, and nothing else, on stdout", () => {
  test("the ACKs of all nodes, in the order of their names", async () => {
    const { code, json } = await sendJson("ship2,ship1", "exec", "--", "echo", "ü");
    expect(code).toBe(0);
    expect(json.summary).toEqual({ succeeded: 2, failed: 0, pending: 0 });
    expect(json.nodes.map(({ node }) => node)).toEqual(["ship2", "ship1"]);
    expect(json.nodes[0]).toMatchObject({
      id: json.id,
      state: "succeeded",
      exitCode: 0,
      output: { stdout: "ü\n", stderr: "" },
      message: { data: ["echo", "ü"], node: "ship2", from: expect.any(String) as unknown },
    });
  });

  test("with failures, rejections and pending messages", async () => {
    const failed = await sendJson("ship1", "exec", "--", "false");
    expect(failed).toMatchObject({
      code: 1,
      json: { nodes: [{ state: "failed", exitCode: 1, error: { code: "exitCode" } }] },
    });
    const rejected = await sendJson("ship1,ship2", "exec", "--", "");
    expect(rejected).toMatchObject({
      code: 1,
      json: { nodes: [{ state: "rejected" }, { error: { code: "badData" } }] },
    });
    expect(rejected.json.summary).toEqual({ succeeded: 0, failed: 0, pending: 0, rejected: 2 });
    const pending = await sendJson("away,ship1", "ping", "--wait", "300ms");
    const queued = { id: pending.json.id, node: "away", messageType: "command", subject: "ping", state: "queued" };
    expect(pending).toMatchObject({ code: 3, json: { nodes: [queued, { state: "succeeded" }] } });
  });

  test("bytes that are not UTF-8 are in base64", async () => {
    const { json } = await sendJson("ship1", "shell", String.raw`printf '\377'`);
    expect(json.nodes[0]?.output).toEqual({ stdout: "/w==", stderr: "", encoding: "base64" });
  });
});

describe("--no-wait", () => {
  test("0: only the id, when the broker has stored the message", async () => {
    const { code, stdout, stderr } = await send("ship1,ship2", "exec", "--no-wait", "--", "sleep", "1");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^\w{26}\n$/);
    expect((await fleet.steward(["status", stdout.trim()])).stdout).toMatch(/^.*ship1 command\.exec/);
  });

  test("with --json the same document, all queued", async () => {
    const { code, json } = await sendJson("ship1", "ping", "--no-wait");
    expect({ code, summary: json.summary }).toEqual({ code: 0, summary: { succeeded: 0, failed: 0, pending: 1 } });
    expect(json.nodes).toMatchObject([{ id: json.id, node: "ship1", state: "queued" }]);
  });
});

async function send(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return fleet.steward(["send", ...args]);
}

async function sendJson(...args: string[]): Promise<{ code: number | null; json: SendJson }> {
  const { code, stdout } = await fleet.steward(["send", "--json", ...args]);
  expect(stdout).toMatch(/^\{.*\}\n$/);
  return { code, json: JSON.parse(stdout) as SendJson };
}

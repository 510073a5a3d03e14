import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countQueued } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2", "central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-files-"));
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const list = [
  { node: ["ship1", "ship2"], subject: "exec", data: ["echo", "hi"] },
  { toNode: "ship1", data: ["bash", "-c", "echo 010"], commandOrEvent: "command", method: "shellCommand" },
  { node: "ship1", subject: "exec", data: ["false"] },
];

describe("a list of messages", () => {
  test("each outcome is shown below its id and lane", async () => {
    const { code, stdout, stderr } = await sendFile(JSON.stringify(list, null, 2));
    expect({ code, stderr }).toEqual({ code: 1, stderr: "3 messages: 3 succeeded, 1 failed\n" });
    expect(stdout.replaceAll(/^\w{26} /gm, "ID ")).toMatchInlineSnapshot(`
      "ID command.exec
      ship1, ship2: succeeded
        hi
      ID command.shellCommand
      ship1: succeeded
        010
      ID command.exec
      ship1: failed: exit code 1
      "
    `);
  });

  test("in JSON: all messages with their nodes and summaries, and one summary of all", async () => {
    const { code, stdout } = await sendFile(JSON.stringify(list), "--json");
    expect(code).toBe(1);
    const { messages, summary } = JSON.parse(stdout) as {
      messages: { id: string; nodes: object[] }[];
      summary: object;
    };
    expect(summary).toEqual({ succeeded: 3, failed: 1, pending: 0 });
    expect(new Set(messages.map(({ id }) => id)).size).toBe(3);
    expect(messages).toMatchObject([
      { nodes: [{ node: "ship1" }, { node: "ship2" }], summary: { succeeded: 2 } },
      { nodes: [{ node: "ship1", subject: "shellCommand", output: { stdout: "010\n" } }], summary: { succeeded: 1 } },
      { nodes: [{ node: "ship1", state: "failed" }], summary: { failed: 1 } },
    ]);
  });

  test("in YAML, from standard input", async () => {
    const yaml =
      "- node: ship1\n  subject: exec\n  data: [echo, '1e3']\n- {node: central, subject: log, data: [a line]}\n";
    const { code, stdout } = await fleet.steward(["send", "--file", "-"], yaml);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\w{26} command\.exec\nship1: succeeded\n {2}1e3\n\w{26} event\.log\ncentral: succeeded\n$/,
    );
  });

  test("a list with one message is shown like a send of one, and in JSON it stays a list", async () => {
    const one = JSON.stringify([{ node: "ship1", subject: "ping" }]);
    expect(await sendFile(one)).toEqual({ code: 0, stdout: "pong\n", stderr: "" });
    const { stdout } = await sendFile(one, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ messages: [{ nodes: [{ node: "ship1" }] }], summary: { succeeded: 1 } });
  });

  test("with --no-wait the ids are printed, one line each", async () => {
    const { code, stdout } = await sendFile(JSON.stringify(list), "--no-wait");
    expect({ code, ids: stdout.replaceAll(/\w{26}/g, "ID") }).toEqual({ code: 0, ids: "ID\nID\nID\n" });
  });

  test("missing keys of a message are taken from the options", async () => {
    const pair = [
      { node: "ship1", subject: "ping" },
      { node: "ship1", subject: "ping", from: "own", expires: "1d" },
    ];
    const { stdout } = await sendFile(JSON.stringify(pair), "--json", "--from", "me", "--expires", "1h");
    const { messages } = JSON.parse(stdout) as { messages: { nodes: { message: object }[] }[] };
    expect(messages.map(({ nodes }) => nodes[0]?.message)).toMatchObject([
      { from: "me", expires: "1h" },
      { from: "own", expires: "1d" },
    ]);
  });
});

describe("2: a file with an error sends nothing, and the error is reported with its place", () => {
  test.each([
    [`${JSON.stringify(list)}\n[{"node":"ship1","subject":"ping","colour":"red"}]`, "message 4: colour: unknown key"],
    ['[{"node":"ship1",\n "subject"', "line 2, column 11: the text ends before the JSON does"],
    ["[{]", /line 1, column 3: .+/],
    ["hello", "line 1, column 1: neither JSON nor a YAML list or object"],
    ["", "contains no messages"],
    [
      JSON.stringify([{ node: "a.b", subject: "ping" }]),
      /message 1: node: the node name "a.b" may hold only .*; try "a-b"/,
    ],
  ])("%j", async (text, fault) => {
    const before = await countQueued(fleet.nc);
    const { code, stdout, stderr } = await sendFile(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^steward: .+messages: .*\n$/);
    expect(stderr).toMatch(fault);
    expect(await countQueued(fleet.nc)).toBe(before);
  });
});

async function sendFile(
  text: string,
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const file = join(folder, "messages");
  await writeFile(file, text);
  return fleet.steward(["send", "--file", file, ...args]);
}

import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";
import { start, type Run } from "./support.ts";

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2", "central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-follow-"));
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function follow(...args: string[]): Run {
  return start(["send", "--follow", ...args], { NATS_URL: fleet.server.url });
}

/** A script line that waits for a file with this name. `release` creates it. */
const waitFor = (name: string): string =>
  `while ! test -e ${join(folder, name)}; do test -d ${folder} || exit; sleep 0.02; done`;
const release = (name: string): Promise<void> => writeFile(join(folder, name), "");

test("output is shown while messages run, after the name of each node", async () => {
  const run = follow("ship1,ship2", "shell", "--id", "both", `echo begun; ${waitFor("both")}; echo done; echo odd >&2`);
  await run.hasSaid("ship1: begun\n");
  await run.hasSaid("ship2: begun\n");
  await release("both");
  const { code, stdout, stderr } = await run.ended;
  expect(code).toBe(0);
  const lines = stdout.toString().trimEnd().split("\n");
  expect(lines.filter((line) => line.startsWith("ship1"))).toEqual(["ship1: begun", "ship1: done"]);
  expect(lines.filter((line) => line.startsWith("ship2"))).toEqual(["ship2: begun", "ship2: done"]);
  expect(stderr.split("\n").toSorted()).toEqual(["", "both: 2 succeeded", "ship1: odd", "ship2: odd"]);
});

test("a failure gives exit code 1, and a last line without a line feed is shown", async () => {
  const { code, stdout, stderr } = await follow("ship1", "shell", "--", "printf partial; exit 3").ended;
  expect({ code, stdout: stdout.toString(), stderr }).toEqual({
    code: 1,
    stdout: "ship1: partial\n",
    stderr: "ship1: failed: exit code 3\n",
  });
});

test("a retry is reported, and its output follows", async () => {
  const script = `test -e ${join(folder, "again")} && echo good || { touch ${join(folder, "again")}; echo bad; exit 1; }`;
  const { code, stdout, stderr } = await follow("ship1", "shell", "--retries", "1", "--retry-wait", "10ms", script)
    .ended;
  expect({ code, stdout: stdout.toString(), stderr }).toEqual({
    code: 0,
    stdout: "ship1: bad\nship1: good\n",
    stderr: "ship1: attempt 2 starts, after: exit code 1\n",
  });
});

test("many MiB of output arrive completely, though the ACK contains 64 KiB", async () => {
  const { code, stdout, stderr } = await follow("ship1", "exec", "--", "seq", "1", "900000").ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const expected = Array.from({ length: 900_000 }, (_, index) => `ship1: ${index + 1}\n`).join("");
  expect(stdout.toString() === expected).toBe(true);
});

test("a slow reader gets all output too", async () => {
  const run = follow("ship1", "exec", "--", "seq", "1", "900000");
  await run.hasSaid("ship1: 1\n");
  run.pause();
  await until(async () => (await fleet.steward(["nodes", "--json"])).stdout.includes('"queued":0'));
  run.resume();
  const { code, stdout, stderr } = await run.ended;
  expect({ code, stderr, length: stdout.toString().split("\n").length }).toEqual({
    code: 0,
    stderr: "",
    length: 900_001,
  });
});

test("--json prints each piece, and the whole result, as a line", async () => {
  const run = follow(
    "ship1",
    "shell",
    "--json",
    "--id",
    "json",
    "--",
    `echo begun; ${waitFor("json")}; printf '\\377'`,
  );
  await run.hasSaid('"text":"begun\\n"');
  await release("json");
  const { code, stdout, stderr } = await run.ended;
  const lines = stdout
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  const place = { node: "ship1", messageType: "command", subject: "shell", id: "json", attempt: 1, stream: "stdout" };
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(lines.slice(0, 2)).toEqual([
    { kind: "output", ...place, offset: 0, text: "begun\n" },
    { kind: "output", ...place, offset: 6, base64: "/w==" },
  ]);
  expect(lines[2]).toMatchObject({
    kind: "result",
    id: "json",
    nodes: [{ state: "succeeded" }],
    summary: { succeeded: 1 },
  });
  expect(lines).toHaveLength(3);
});

test("nothing is shown while it is queued; it waits longer than other sends, but not longer than --wait", async () => {
  const before = follow("ship1", "shell", "--", `${waitFor("queue")}; echo first`);
  await until(async () => (await fleet.steward(["lanes", "ship1"])).stdout.includes("running"));
  const { code, stdout, stderr } = await follow("ship1", "shell", "--wait", "200ms", "--id", "second", "echo second")
    .ended;
  expect({ code, stdout: stdout.toString(), stderr }).toEqual({
    code: 3,
    stdout: "",
    stderr: "ship1: queued\nsecond is still queued; see `steward status second`, or wait with `steward wait second`\n",
  });
  const again = follow("ship1", "shell", "--id", "second", "echo second");
  await release("queue");
  expect((await before.ended).stdout.toString()).toBe("ship1: first\n");
  expect((await again.ended).stdout.toString()).toBe("ship1: second\n");
});

test("following a message that is already running shows the earlier output too", async () => {
  const args = ["ship1", "shell", "--id", "late", "--", `seq 1 20000; ${waitFor("late")}; echo done`];
  const first = follow(...args);
  await first.hasSaid("ship1: 20000\n");
  const second = follow(...args);
  await second.hasSaid("ship1: 20000\n");
  await release("late");
  const [one, other] = [await first.ended, await second.ended];
  expect(other.stdout.equals(one.stdout)).toBe(true);
  expect(other.stdout.toString().split("\n")).toHaveLength(20_002);
});

test("`steward wait --follow` shows earlier and later output; after the end, what is kept", async () => {
  const waiting = `seq 1 20000; ${waitFor("wait")}; echo done`;
  await fleet.steward(["send", "ship1", "shell", "--id", "waited", "--no-wait", "--", waiting]);
  const run = start(["wait", "waited", "--follow"], { NATS_URL: fleet.server.url });
  await run.hasSaid("ship1: 20000\n");
  await release("wait");
  const { code, stdout } = await run.ended;
  expect({ code, lines: stdout.toString().split("\n").length }).toEqual({ code: 0, lines: 20_002 });
  const after = await start(["wait", "waited", "-f"], { NATS_URL: fleet.server.url }).ended;
  expect(after.stdout.equals(stdout)).toBe(true);
});

test("messages of several lanes are distinguished", async () => {
  const file = join(folder, "two.json");
  const message = { node: "ship1", messageType: "command" };
  const two = [
    { ...message, subject: "ping", data: ["one"] },
    { ...message, subject: "exec", data: ["echo", "two"] },
  ];
  await writeFile(file, JSON.stringify(two));
  const { code, stdout } = await follow("--file", file).ended;
  const lines = stdout.toString().trimEnd().split("\n").toSorted();
  expect({ code, lines }).toEqual({ code: 0, lines: ["ship1 exec: two", "ship1 ping: one"] });
});

test("130: Ctrl-C ends the following but not the command", async () => {
  const run = follow(
    "ship1",
    "shell",
    "--id",
    "goes-on",
    "--",
    `printf begun; echo; ${waitFor("on")}; touch ${join(folder, "did")}`,
  );
  await run.hasSaid("ship1: begun\n");
  run.interrupt();
  const { code, stdout, stderr } = await run.ended;
  expect({ code, stdout: stdout.toString(), stderr }).toEqual({
    code: 130,
    stdout: "ship1: begun\n",
    stderr:
      "ship1: running (started, attempt 1)\ngoes-on is still running; see `steward status goes-on`, " +
      "or wait with `steward wait goes-on`, or cancel it with `steward cancel goes-on`\n",
  });
  await release("on");
  await until(() => existsSync(join(folder, "did")));
});

describe("a lane or a daemon that is restarted", () => {
  test("the lane: its next attempt is reported, and the output before it is complete", async () => {
    const run = follow("ship1", "shell", "--", `echo here; test -e ${join(folder, "lane")} || sleep 30; echo end`);
    await run.hasSaid("ship1: here\n");
    await release("lane");
    await fleet.steward(["lanes", "ship1", "restart", "command.shell"]);
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 0,
      stdout: "ship1: here\nship1: here\nship1: end\n",
      stderr: "ship1: attempt 2 starts\n",
    });
  });

  test("the daemon: output that was lost with it is reported", async () => {
    const run = follow("ship2", "shell", "--", `echo here; test -e ${join(folder, "daemon")} || sleep 30; echo end`);
    await run.hasSaid("ship2: here\n");
    await release("daemon");
    await fleet.nodes["ship2"]!.restart();
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 0,
      stdout: "ship2: here\nship2: here\nship2: end\n",
      stderr: "ship2: the last output of attempt 1 may be missing here\nship2: attempt 2 starts\n",
    });
  });
});

test.each([
  [["ship1", "ping", "--no-wait"], "--no-wait"],
  [["ship1", "ping", "--quiet"], "--quiet"],
  [["central", "log", "--lines", "-"], "--lines"],
])("2: %j with --follow", async (args, option) => {
  const { code, stderr } = await follow(...args).ended;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `steward: --follow waits for the end and shows everything; leave out ${option} (usage)\n`,
  });
});

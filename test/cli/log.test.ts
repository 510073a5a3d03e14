import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ack, State } from "../../src/protocol/ack.ts";
import { ackByHand, messageByHand, storeByHand } from "../support/by-hand.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink } from "../support/link.ts";
import { program } from "../support/steward.ts";
import { onTerminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";
import { start } from "./support.ts";

let fleet: Fleet;
/** When the last ACK of the first half was stored. */
let middle: string;
beforeAll(async () => {
  fleet = await startFleet();
  const acks = (["succeeded", "failed", "rejected", "expired", "cancelled", "interrupted"] as const).flatMap(
    (state, at) => {
      const address = {
        id: `m${at}`,
        node: at < 3 ? `ship${at}` : "old1",
        subject: at % 2 === 0 ? "exec" : "shell",
      } as const;
      const message = messageByHand({ ...address, from: at === 1 ? "bob" : "ann" });
      const output = { stdout: `out of ${at}\nand more\n`, stderr: "" };
      return [ackByHand({ ...address, state: "started" }), ackByHand({ ...address, state, message, output })];
    },
  );
  for (const ack of acks.slice(0, 5)) await storeByHand(fleet.nc, [ack]);
  await nextMillisecond();
  await storeByHand(fleet.nc, acks.slice(5, 6));
  await nextMillisecond();
  const { stdout } = await fleet.steward(["log", "--json", "--limit", "1"]);
  middle = (JSON.parse(stdout) as { storedAt: string }).storedAt;
  for (const ack of acks.slice(6)) await storeByHand(fleet.nc, [ack]);
  await storeByHand(fleet.nc, [ackByHand({ id: "l", node: "old2", messageType: "event", subject: "textLogging" })]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

async function nextMillisecond(): Promise<void> {
  const now = Date.now();
  await until(() => Date.now() > now + 1);
}

describe("filters", () => {
  test.each([
    ["--node ship1", ["m1 started", "m1 failed"]],
    ["--node ship1,ship2 --node ship0 --state ended", ["m0 succeeded", "m1 failed", "m2 rejected"]],
    ["--node *1 --state started", ["m1 started", "m3 started", "m4 started", "m5 started"]],
    ["--subject shell --state expired,interrupted", ["m3 expired", "m5 interrupted"]],
    ["--subject log", ["l succeeded"]],
    ["--type event", ["l succeeded"]],
    ["--type command --subject sh* --state failed --state expired", ["m1 failed", "m3 expired"]],
    ["--id m4", ["m4 started", "m4 cancelled"]],
    ["--id m* --state unsuccessful", ["m1 failed", "m2 rejected", "m3 expired", "m4 cancelled", "m5 interrupted"]],
    ["--from bob", ["m1 failed"]],
    ["-n 2", ["m5 interrupted", "l succeeded"]],
    ["--limit 2 --node ship*", ["m2 started", "m2 rejected"]],
    ["--limit 1 --state failed", ["m1 failed"]],
    ["--limit 0", []],
    ["--node nobody", []],
    ["--since 1h --state failed", ["m1 failed"]],
    ["--since 365d --state failed", ["m1 failed"]],
    ["--since 0s", []],
    ["--until 1h", []],
  ] as const)("%s", async (line, expected) => {
    expect(await stepsOf(line.split(" "))).toEqual(expected);
  });

  test("by times, of the broker or in RFC 3339", async () => {
    const [before, after] = [await stepsOf(["--until", middle]), await stepsOf(["--since", middle])];
    expect(before).toEqual(["m0 started", "m0 succeeded", "m1 started", "m1 failed", "m2 started", "m2 rejected"]);
    expect(after.slice(0, 2)).toEqual(["m2 rejected", "m3 started"]);
    expect(await stepsOf(["--since", middle, "--until", middle])).toEqual(["m2 rejected"]);
    expect(await stepsOf(["--until", middle, "--limit", "2"])).toEqual(["m2 started", "m2 rejected"]);
    expect(await stepsOf(["--since", middle, "--limit", "100"])).toEqual(after);
    expect(await stepsOf(["--since", "2020-01-31", "--until", "2020-02-01T12:00+02:00"])).toEqual([]);
  });

  async function stepsOf(args: readonly string[]): Promise<string[]> {
    const { code, stdout, stderr } = await fleet.steward(["log", "--json", ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const acks = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Ack);
    return acks.map(({ id, state }) => `${id} ${state satisfies State}`);
  }
});

test.each([
  ["--node ship.1", "--node ship.1: a name may contain only A-Z a-z 0-9 _ -, and * for any characters (usage)"],
  [
    "--state done",
    '--state "done" is not one of started, retrying, succeeded, failed, rejected, expired, cancelled, interrupted, ended, unsuccessful; see `steward log --help` (usage)',
  ],
  ["--since noon", "--since noon is not a time; write it as 2h (ago) or 2026-01-31T12:00:00Z (usage)"],
  ["--until 2026-13-01", "--until 2026-13-01 is not a time; write it as 2h (ago) or 2026-01-31T12:00:00Z (usage)"],
  ["--follow --until 1h", "--follow has no end; leave out --until (usage)"],
  ["--limit -1", "--limit must be a whole number, 0 or more (usage)"],
])("2: %s", async (line, said) => {
  expect(await fleet.steward(["log", ...line.split(" ")])).toEqual({
    code: 2,
    stdout: "",
    stderr: `steward: ${said}\n`,
  });
});

test("with the output, indented by two spaces", async () => {
  const { stdout } = await fleet.steward(["log", "--id", "m0", "--output"]);
  expect(stdout.replaceAll(/\d{4}-\S+Z/g, "TIME")).toBe(
    "TIME ship0 command.exec m0 started\nTIME ship0 command.exec m0 succeeded 5ms\n  out of 0\n  and more\n",
  );
});

test("on a terminal no line is longer than the terminal is wide; in a pipe lines are complete", async () => {
  const error = { code: "handlerFailed", message: "y".repeat(300) };
  await storeByHand(fleet.nc, [ackByHand({ id: "long", node: "ship7", state: "failed", error })]);
  const { shown } = await onTerminal(`stty cols 90; ${process.execPath} ${program} log --id long`, {
    NATS_URL: fleet.server.url,
  });
  const [line = ""] = shown.split("\r\n");
  expect(line).toHaveLength(90);
  expect(line.endsWith("y…")).toBe(true);
  expect((await fleet.steward(["log", "--id", "long"])).stdout).toContain("y".repeat(300));
});

describe("a reader that leaves early", () => {
  test.each(["", "--follow"])("ends it, without an error: log %s | head -2", async (option) => {
    const command = `"$NODE" "$PROGRAM" log --json ${option} | head -2; echo "\${PIPESTATUS[0]}"`;
    const many = Array.from({ length: 500 }, (_, at) => ackByHand({ id: `x${at}`, node: "many" }));
    if (option === "") await storeByHand(fleet.nc, many);
    const child = spawn("bash", ["-c", command], {
      env: { ...process.env, NODE: process.execPath, PROGRAM: program, NATS_URL: fleet.server.url },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    const lines = stdout.trim().split("\n");
    expect({ code, lines: lines.length, last: lines[2], stderr }).toEqual({ code: 0, lines: 3, last: "0", stderr: "" });
  });
});

describe("--follow", () => {
  test("shows the last entries, then each new one once, even if the connection is cut often", async () => {
    await using link = await startLink([fleet.server.url]);
    await storeByHand(fleet.nc, [ackByHand({ id: "f0", node: "far" }), ackByHand({ id: "f1", node: "far" })]);
    const args = ["log", "--node", "far", "--limit", "1", "--follow"];
    const following = start(args, { NATS_URL: link.url });
    await following.hasSaid("far command.exec f1 succeeded");
    for (let round = 0; round < 5; round++) {
      for (let at = 0; at < 20; at++) {
        if (at === 10) link.drop();
        await storeByHand(fleet.nc, [ackByHand({ id: `f${2 + round * 20 + at}`, node: "far" })]);
      }
      await following.hasSaid(` f${21 + round * 20} succeeded`);
    }
    following.interrupt();
    const { code, stdout } = await following.ended;
    expect(code).toBe(0);
    const ids = [...stdout.toString().matchAll(/ (f\d+) succeeded/g)].map(([, id]) => id);
    expect(ids).toEqual(Array.from({ length: 101 }, (_, at) => `f${at + 1}`));
  });
});

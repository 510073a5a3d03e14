import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { program } from "../support/steward.ts";
import { onTerminal } from "../support/terminal.ts";

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steward-input-"));
  await writeFile(join(folder, "names"), "ship1\nship1\nship1\n");
  await writeFile(join(folder, "empty"), "");
  await writeFile(join(folder, "messages"), '[{"node":"ship1","subject":"ping"}]');
  fleet = await startFleet(["ship1"]);
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const refusal = "steward: there is data on standard input, but commands on nodes do not get it; ";

describe("O-W5: 2, on one line, and nothing is sent, when there is data on standard input", () => {
  test.each([
    ["a pipe", "echo hi | { sleep 0.2; steward send ship1 exec -- cat; }"],
    ["a pipe that stays open", "{ echo hi; sleep 3; } | steward send ship1 exec -- cat"],
    ["a file", "steward send ship1 exec -- cat < names"],
    ["what is read and written", "steward send ship1 exec -- cat <> names"],
    ["a here-document", "steward send ship1 exec -- cat <<< hi"],
    ["a named pipe", "mkfifo fifo; exec 3<> fifo; echo hi >&3; steward send ship1 exec -- cat < fifo"],
    ["the rest of what a loop reads from a pipe", "cat names | while read n; do steward send $n ping || exit; done"],
    ["a file beside one that is read", "steward send --file messages < names"],
    ["a file beside lines that are", "steward send ship1 log --lines messages < names"],
    ["a file, and a schedule", "steward send ship1 ping --every 1h < names"],
    ["a file, and a message sent again", "steward replay done < names"],
  ])("%s", async (_what, line) => {
    await fleet.steward(["send", "ship1", "ping", "--id", "done"]);
    const before = await ended();
    const { code, stdout, stderr } = await bash(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.startsWith(refusal) && stderr.includes("< /dev/null") && stderr.split("\n").length === 2).toBe(true);
    expect(await ended()).toBe(before);
  });
});

describe("0: it is sent when there is no data, or another process reads it", () => {
  test.each([
    ["an empty pipe", "true | steward send ship1 ping", 1],
    ["a pipe into which nobody has written", "sleep 2 | steward send ship1 ping", 1],
    ["nothing", "steward send ship1 ping <&-", 1],
    ["an empty file", "steward send ship1 ping < empty", 1],
    ["a device", "steward send ship1 ping < /dev/null", 1],
    ["a device without end", "steward send ship1 ping < /dev/zero", 1],
    ["a loop that reads a file", "while read n; do steward send $n ping; done < names", 3],
    ["a loop over a pipe, as the line says", "cat names | while read n; do steward send $n ping < /dev/null; done", 3],
    ["names", "head -1 names | steward send @- ping", 1],
    ["messages", "steward send --file - --quiet < messages; echo pong", 1],
    ["messages, by another name", "steward send --file /dev/stdin --quiet < messages; echo pong", 1],
    ["messages, by a third name", "steward send --file /proc/self/fd/0 --quiet < messages; echo pong", 1],
    ["lines, by another name", "steward send ship1 log --lines /dev/fd/0 < names; echo pong", 1],
    ["nobody: it sends nothing", "steward send ship1 ping --dry-run < names; echo pong", 1],
  ])("%s", async (_what, line, times) => {
    const { code, stdout } = await bash(line);
    expect({ code, pongs: stdout.split("\n").filter((text) => text === "pong").length }).toEqual({
      code: 0,
      pongs: times,
    });
  });

  test("a terminal with text that was typed ahead", async () => {
    const { code } = await onTerminal(`${process.execPath} ${program} send ship1 ping`, { NATS_URL: fleet.server.url });
    expect(code).toBe(0);
  });

  test("lines", async () => {
    expect(await bash("steward send ship1 log --lines - < names")).toMatchObject({ code: 0 });
  });
});

test("a pipe that was empty is left unchanged for its next reader", async () => {
  const line = "{ sleep 2; echo later; } | { steward send ship1 ping; cat; }";
  expect(await bash(line)).toEqual({ code: 0, stdout: "pong\nlater\n", stderr: "" });
});

/** How many messages have ended. */
async function ended(): Promise<number> {
  return (await fleet.steward(["log", "--state", "ended", "--json"])).stdout.split("\n").length;
}

/** Runs a line in a shell, in the folder of the files. */
async function bash(line: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const script = `steward() { "$NODE" "$PROGRAM" "$@"; }; set -o pipefail; ${line}`;
  const child = spawn("bash", ["-c", script], {
    cwd: folder,
    env: { ...process.env, NATS_URL: fleet.server.url, NODE: process.execPath, PROGRAM: program },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";
import { start } from "./support.ts";

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  fleet = await startFleet(["central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-lines-"));
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const lines = Array.from({ length: 5000 }, (_none, number) => `line ${number} of a log with ü and ☃ in it\n`).join("");

describe("a file", () => {
  test("arrives line by line, in blocks that are counted", async () => {
    const file = await fileWith(lines);
    const { code, stdout, stderr } = await send("central", "--lines", file, "--from", "whole");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^4 blocks, (\w{26})-0 to \1-3: 4 succeeded\n$/);
    expect(await received("whole")).toBe(lines);
  });

  test("in JSON: the common part of the blocks' ids, their number and their summary", async () => {
    const { stdout } = await send("central", "log", "--lines", await fileWith("a\n"), "--json", "--id", "by-name");
    expect(JSON.parse(stdout)).toEqual({ id: "by-name", blocks: 1, summary: { succeeded: 1, failed: 0, pending: 0 } });
    expect((await fleet.steward(["status", "by-name-0"])).stdout).toContain("central event.log by-name-0 succeeded");
  });

  test("--no-wait prints the id, and counts the blocks too", async () => {
    const { code, stdout, stderr } = await send(
      "central",
      "--lines",
      await fileWith(lines),
      "--no-wait",
      "--id",
      "later",
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "later\n",
      stderr: "4 blocks, later-0 to later-3: stored\n",
    });
  });

  test("sending again with the same id writes nothing twice, and the outcome is known at once", async () => {
    const args = ["central", "--lines", await fileWith(lines), "--from", "again", "--id", "again"];
    const first = await send(...args);
    expect(first).toEqual({ code: 0, stdout: "", stderr: "4 blocks, again-0 to again-3: 4 succeeded\n" });
    expect(await send(...args)).toEqual(first);
    expect(await received("again")).toBe(lines);
  });

  test("without a line feed at its end, empty, or with a line that is too long for a message", async () => {
    await send("central", "--lines", await fileWith("a\nb"), "--from", "short");
    expect(await received("short")).toBe("a\nb\n");

    const empty = await send("central", "--lines", await fileWith(""));
    expect(empty).toEqual({ code: 0, stdout: "", stderr: "there were no lines; nothing was sent\n" });

    const long = `before\n${"é\u0001".repeat(200_000)}\nafter\n`;
    const { code, stderr } = await send("central", "--lines", await fileWith(long), "--from", "long");
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^steward: a line is longer than 256 KiB; it is sent in pieces, each as a line\n\d+ blocks, /,
    );
    expect((await received("long")).replaceAll("\n", "")).toBe(long.replaceAll("\n", ""));
  });

  test("2: a missing file, or a folder, is reported on one line", async () => {
    expect(await send("central", "--lines", join(folder, "none"))).toEqual({
      code: 2,
      stdout: "",
      stderr: `steward: ${folder}/none cannot be read: ENOENT: no such file or directory, open '${folder}/none' (fileUnreadable)\n`,
    });
    expect(await send("central", "--lines", folder)).toEqual({
      code: 2,
      stdout: "",
      stderr: `steward: ${folder} cannot be read: EISDIR: illegal operation on a directory, read (fileUnreadable)\n`,
    });
  });

  test("3: to a node that is down, with the way to see the outcome", async () => {
    const { code, stderr } = await send("away", "--lines", await fileWith("a\n"), "--wait", "200ms", "--id", "waits");
    expect(code).toBe(3);
    expect(stderr).toBe(
      "steward: unknown node away (neverSeen); it is queued\n" +
        "1 block, waits-0: 1 queued\nfirst block that has not ended: away: waits-0 queued; see `steward status waits-0`\n",
    );
  });

  test("1: when a node refuses it, with the first reason", async () => {
    await using refusing = await startFleet(["ship1"]);
    const { code, stderr } = await refusing.steward(
      ["send", "ship1", "log", "--lines", "-", "--expires", "1ms", "--id", "late"],
      lines,
    );
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("expired") as unknown });
  });
});

test("a pipe that stays open: each line arrives at once", async () => {
  const { stdin, ended } = start(["send", "central", "log", "--lines", "-", "--from", "open"], {
    NATS_URL: fleet.server.url,
  });
  for (const line of ["one\n", "two\nthree\n"]) {
    stdin.write(line);
    await until(async () => (await received("open").catch(() => "")).endsWith(line));
  }
  stdin.end();
  const { code, stderr } = await ended;
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^2 blocks, .*: 2 succeeded\n$/) as unknown,
  });
});

async function send(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return fleet.steward(["send", ...args]);
}

async function fileWith(text: string): Promise<string> {
  const file = join(folder, "text.log");
  await writeFile(file, text);
  return file;
}

/** The lines of a sender that the central node has written. */
async function received(from: string): Promise<string> {
  return readFile(join(fleet.nodes["central"]!.dataDir, "log", `${from}.log`), "utf8");
}

import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, readlink, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet(["central"]);
});
afterEach(() => fleet[Symbol.asyncDispose]());

const folder = (): string => join(fleet.nodes["central"]!.dataDir, "log");
const read = (name: string): Promise<string> => readFile(join(folder(), name), "utf8");

/** Sends one text to be logged, and gives the exit code. */
async function log(text: string, from = "web"): Promise<number | null> {
  return (await fleet.steward(["send", "central", "log", "--from", from, text])).code;
}

test.each<[what: string, happens: (path: string) => Promise<unknown>]>([
  ["removed", (path) => rm(path)],
  ["renamed", (path) => rename(path, `${path}.1`)],
  ["replaced", async (path) => writeFile(`${path}~`, "").then(() => rename(`${path}~`, path))],
  ["removed with its folder", (path) => rm(dirname(path), { recursive: true })],
  ["moved with the data folder", (path) => rename(dirname(dirname(path)), `${dirname(dirname(path))}.old`)],
])("S3: text that is logged after its file was %s is in the file of that name", async (_what, happens) => {
  expect(await log("one")).toBe(0);
  await happens(join(folder(), "web.log"));
  expect(await log("two")).toBe(0);
  expect(await read("web.log")).toBe("two\n");
  await rm(`${fleet.nodes["central"]!.dataDir}.old`, { recursive: true, force: true });
});

it("appends to the rest of a truncated file, as logrotate's copytruncate leaves it", async () => {
  await log("one");
  await truncate(join(folder(), "web.log"));
  await log("two");
  expect(await read("web.log")).toBe("two\n");
});

test.each<[what: string, make: (path: string) => Promise<unknown>, why: string]>([
  ["a folder", (path) => mkdir(path), "EISDIR"],
  ["a pipe", async (path) => execFileSync("mkfifo", [path]), "is not a regular file"],
  ["a device", (path) => symlink("/dev/null", path), "is not a regular file"],
])("S3: with %s in its place no text is said to be logged, and other senders go on", async (_what, make, why) => {
  await log("one");
  const path = join(folder(), "web.log");
  await rm(path);
  await make(path);
  const { code, stderr } = await fleet.steward(["send", "central", "log", "--from", "web", "two"]);
  expect([code, stderr]).toEqual([1, expect.stringContaining(why)]);
  expect(await log("three", "other")).toBe(0);
  expect(await read("other.log")).toBe("three\n");
  await rm(path, { recursive: true });
  expect(await log("four")).toBe(0);
  expect(await read("web.log")).toBe("four\n");
});

it("keeps no file open, so that a file that was removed frees its space", async () => {
  await log("one");
  const { pid } = fleet.nodes["central"]!;
  const open = await Promise.all(
    (await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")),
  );
  expect(open.filter((path) => path.includes("web.log"))).toEqual([]);
});

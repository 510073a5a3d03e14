import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { namesOf, notes, openInbox, rounds, soon, temporaryFolder } from "../support.ts";

test("F10: a link that is switched to another folder, as a ConfigMap's, is followed", async () => {
  const folder = await temporaryFolder();
  for (const name of ["v1", "v2"]) await mkdir(join(folder, name));
  await symlink("v1", join(folder, "data"));
  const path = join(folder, "data", "inmsg.txt");
  const { stored, log } = await openInbox(path);
  await writeFile(path, notes("one"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["one"]);

  await writeFile(join(folder, "v2", "inmsg.txt"), notes("two"));
  await symlink("v2", join(folder, "next"));
  await rename(join(folder, "next"), join(folder, "data"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["one", "two"]);
  expect(log.join("\n")).toContain(`is ${join(folder, "v2", "inmsg.txt")} now`);
  await writeFile(path, notes("three"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["one", "two", "three"]);
});

test("F10: a paste that was taken before the switch is still sent, once", async () => {
  const folder = await temporaryFolder();
  for (const name of ["v1", "v2"]) await mkdir(join(folder, name));
  await symlink("v1", join(folder, "data"));
  const path = join(folder, "data", "inmsg.txt");
  let isAway = true;
  const sent: string[] = [];
  await openInbox(path, {
    send: async (messages) => {
      if (isAway) throw new Error("the broker is away");
      sent.push(...namesOf(messages));
    },
  });
  await writeFile(path, notes("one"));
  await expect.poll(() => readdir(join(folder, "v1", "inmsg.taking")), soon).toHaveLength(1);
  for (const version of ["v2", "v1", "v2"]) {
    await symlink(version, join(folder, "next"));
    await rename(join(folder, "next"), join(folder, "data"));
    await rounds();
  }
  isAway = false;
  await expect.poll(() => sent, soon).toEqual(["one"]);
  await expect.poll(() => readdir(join(folder, "v1", "inmsg.taking")), soon).toEqual([]);
});

test("F10: a link that is replaced by a file", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "elsewhere"));
  await symlink("elsewhere/in.txt", join(folder, "inmsg.txt"));
  const { stored } = await openInbox(join(folder, "inmsg.txt"));
  await rm(join(folder, "inmsg.txt"));
  await writeFile(join(folder, "inmsg.txt"), notes("one"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["one"]);
});

test("F10: a folder that is replaced, or missing for a while", async () => {
  const folder = await temporaryFolder();
  const inside = join(folder, "inside");
  await mkdir(inside);
  const { stored } = await openInbox(join(inside, "inmsg.txt"));
  await rename(inside, join(folder, "away"));
  await rounds();
  await mkdir(inside);
  await writeFile(join(inside, "inmsg.txt"), notes("one"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["one"]);
  // Its changes are told of, too: not only looked for each second.
  await rounds();
  await writeFile(join(inside, "inmsg.txt"), notes("two"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["one", "two"]);
});

test("F10: a file that becomes a folder of pastes", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "in");
  const { stored } = await openInbox(path);
  await rm(path);
  await mkdir(path);
  await writeFile(join(path, "paste"), notes("one"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["one"]);
});

test.each([
  ["a device", async () => "/dev/null"],
  ["a pipe", async (folder: string) => made(folder, "mkfifo")],
  ["a socket", socketIn],
  ["a link to a device", async (folder: string) => linked(folder, "/dev/zero")],
  ["a path through a file", async (folder: string) => through(folder)],
  ["a link to itself", async (folder: string) => linked(folder, "inmsg.txt")],
])("W15: for %s nothing is created, and the reason is reported once", async (_what, make) => {
  const folder = await temporaryFolder();
  const path = await make(folder);
  const before = await readdir(folder, { recursive: true });
  const { log } = await openInbox(path);
  await rounds();
  expect(await readdir(folder, { recursive: true })).toEqual(before);
  expect((await readdir("/dev")).filter((name) => name.includes("taking"))).toEqual([]);
  expect(log).toEqual([expect.stringMatching(/^inbox: cannot open .*; trying again every second$/)]);
});

test("W15: a path that becomes usable for an inbox is used then", async () => {
  const folder = await temporaryFolder();
  const path = await made(folder, "mkfifo");
  const { stored, log } = await openInbox(path);
  await rm(path);
  await writeFile(path, notes("one"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["one"]);
  expect(log[0]).toContain("is neither a regular file nor a folder");
  expect(await readFile(path, "utf8")).toBe("");
});

async function made(folder: string, program: string): Promise<string> {
  execFileSync(program, [join(folder, "inmsg.txt")]);
  return join(folder, "inmsg.txt");
}

async function socketIn(folder: string): Promise<string> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(join(folder, "inmsg.txt"), resolve));
  return join(folder, "inmsg.txt");
}

async function linked(folder: string, to: string): Promise<string> {
  await symlink(to, join(folder, "inmsg.txt"));
  return join(folder, "inmsg.txt");
}

async function through(folder: string): Promise<string> {
  await writeFile(join(folder, "file"), "");
  return join(folder, "file", "inmsg.txt");
}

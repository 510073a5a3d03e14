import { appendFile, readdir, readFile, stat, symlink, chmod, writeFile, rename, rm, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  namesOf,
  notes,
  openInbox,
  rounds,
  rejectedText,
  soon,
  temporaryFolder,
  untilNothingIsTaken,
} from "../support.ts";

test("a missing file is made, for its owner only", async () => {
  const path = join(await temporaryFolder(), "inmsg.txt");
  await openInbox(path);
  expect(await readFile(path, "utf8")).toBe("");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a paste is sent, and erased: an empty file is left, with the mode it had", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  await writeFile(path, "");
  await chmod(path, 0o664);
  const { stored } = await openInbox(path);
  await appendFile(path, notes("a", "b"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a", "b"]);
  await untilNothingIsTaken(folder);
  expect(await readFile(path, "utf8")).toBe("");
  expect((await stat(path)).mode & 0o777).toBe(0o664);
  expect(await readdir(folder)).toEqual(["inmsg.taking", "inmsg.txt"]);
});

test("ids are the paste's ULID and the place in it, and fit a message's id", async () => {
  const path = join(await temporaryFolder(), "inmsg.txt");
  const { stored } = await openInbox(path);
  await writeFile(path, notes("a", "b") + notes("c"));
  await expect.poll(() => stored.length, soon).toBe(3);
  const [paste] = stored[0]!.id.split("-");
  expect(paste).toMatch(/^[0-9A-Z]{26}$/);
  expect(stored.map(({ id }) => id)).toEqual([`${paste}-0`, `${paste}-1`, `${paste}-2`]);
});

test("text that is there at the start is sent", async () => {
  const path = join(await temporaryFolder(), "inmsg.txt");
  await writeFile(path, notes("a"));
  const { stored } = await openInbox(path);
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
});

test("a whole paste is sent at once, without waiting until the file is still", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path, { settleMs: 60_000 });
  await writeFile(path, notes("a"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
  expect(await readdir(join(folder, "inmsg.taking"))).toHaveLength(1);
});

test("two equal pastes are two sends, and all pastes keep their order", async () => {
  const path = join(await temporaryFolder(), "inmsg.txt");
  const { stored } = await openInbox(path);
  const expected: string[] = [];
  for (const name of ["a", "a", "b", "c", "a"]) {
    expected.push(name);
    await appendFile(path, notes(name));
    await expect.poll(() => namesOf(stored), soon).toEqual(expected);
  }
  expect(new Set(stored.map(({ id }) => id)).size).toBe(5);
});

test("an empty file and white space do nothing", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored, log } = await openInbox(path);
  await writeFile(path, "\n \r\n\n");
  await appendFile(path, "\n");
  await writeFile(join(folder, "other.txt"), notes("not for the inbox"));
  await writeFile(path, notes("a"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
  await untilNothingIsTaken(folder);
  await writeFile(path, " \n");
  await rounds();
  expect(await readFile(path, "utf8")).toBe(" \n");
  expect(log).toEqual(["inbox: sent 1 message"]);
});

test("YAML is sent when the file is still", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path);
  await writeFile(path, "- name: a\n- name: b\n---\nname: c\n");
  await expect.poll(() => namesOf(stored), soon).toEqual(["a", "b", "c"]);
  expect(await rejectedText(folder)).toBe("");
});

test("a half-written file is left alone until it is whole", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path, { settleMs: 60_000 });
  const text = notes("a", "b");
  await writeFile(path, text.slice(0, 10));
  await rounds();
  expect(await readFile(path, "utf8")).toBe(text.slice(0, 10));
  await appendFile(path, text.slice(10));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a", "b"]);
});

test("an editor that saves through another file, so that the name is missing for a moment", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path);
  const names = ["a", "b", "c"];
  for (const name of names) {
    await rename(path, `${path}~`);
    const text = notes(name);
    await writeFile(path, text.slice(0, 5), { flag: "wx" });
    await appendFile(path, text.slice(5));
    await rm(`${path}~`);
    await expect.poll(() => namesOf(stored), soon).toContain(name);
  }
  expect(namesOf(stored)).toEqual(names);
});

test("a file that was removed is made again", async () => {
  const path = join(await temporaryFolder(), "inmsg.txt");
  const { stored } = await openInbox(path);
  await rm(path);
  await expect.poll(() => stat(path).catch(() => undefined), soon).toBeDefined();
  await appendFile(path, notes("a"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
});

test("through a symbolic link: the link stays, and all is done beside its target", async () => {
  const folder = await temporaryFolder();
  const data = await temporaryFolder();
  await mkdir(join(folder, "real"));
  await symlink(join(folder, "real", "commands.txt"), join(data, "inmsg.txt"));
  const { stored } = await openInbox(join(data, "inmsg.txt"));
  await writeFile(join(data, "inmsg.txt"), notes("a"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
  await expect.poll(() => readdir(join(folder, "real", "commands.taking")), soon).toEqual([]);
  expect(await readdir(data)).toEqual(["inmsg.txt"]);
  expect(await readFile(join(data, "inmsg.txt"), "utf8")).toBe("");
});

test("a paste of many megabytes goes through in parts, with one numbering", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const calls: number[] = [];
  const ids: string[] = [];
  await openInbox(path, {
    send: async (messages) => {
      calls.push(messages.length);
      ids.push(...messages.map(({ id }) => id));
    },
  });
  const line = notes("x".repeat(1000));
  await writeFile(path, line.repeat(6000) + JSON.stringify(["y".repeat(5 * 1024 * 1024)]) + `\n${line.repeat(10)}`);
  await expect.poll(() => ids.length, soon).toBe(6010);
  await untilNothingIsTaken(folder);
  expect(calls.length).toBeGreaterThan(1);
  expect(ids.map((id) => Number(id.split("-")[1]))).toEqual(Array.from({ length: 6010 }, (_, index) => index));
  const rejected = await rejectedText(folder);
  expect(rejected).toMatch(/^# \S+ \S+-broken-0 line 6001, column \d+: larger than 4 MiB/);
  expect(rejected.match(/y/g)!.length).toBeGreaterThanOrEqual(5 * 1024 * 1024);
});

import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { namesOf, notes, openInbox, rounds, soon, temporaryFolder, untilNothingIsTaken } from "../support.ts";

test("a file that cannot be read is reported once, and sent when it can be", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  await chmod(folder, 0o777);
  await writeFile(path, notes("a"), { mode: 0o000 });
  asNobody();
  const { stored, log } = await openInbox(path);
  const reported = `inbox: cannot take ${path}: EACCES: permission denied, open '${path}'; let this user read it and write in its folder; trying again every second`;
  await expect.poll(() => log, soon).toEqual([reported]);
  await rounds();
  asMyself();
  await chmod(path, 0o644);
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
  expect(log).toEqual([reported, `inbox: can take ${path} again`, "inbox: sent 1 message"]);
});

test("a folder in which nothing can be created is reported once, and the paste is kept", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  await writeFile(path, notes("a"), { mode: 0o644 });
  await chmod(folder, 0o555);
  asNobody();
  const { stored, log } = await openInbox(path);
  await expect.poll(() => log.length, soon).toBe(1);
  expect(log[0]).toMatch(/^inbox: cannot open .*inmsg\.txt: EACCES: .*; let this user read it and write in its folder/);
  asMyself();
  expect(await readFile(path, "utf8")).toBe(notes("a"));
  await chmod(folder, 0o777);
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
});

test("a missing folder is reported once, and looked for", async () => {
  const folder = join(await temporaryFolder(), "not-mounted");
  const { stored, log } = await openInbox(join(folder, "inmsg.txt"));
  expect(log).toEqual([expect.stringMatching(/^inbox: cannot open .*not-mounted\/inmsg\.txt: ENOENT/)]);
  await mkdir(folder);
  await writeFile(join(folder, "inmsg.txt"), notes("a"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
});

test("a pipe under the inbox's name is reported, and does not hang the inbox", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored, log } = await openInbox(path);
  await rm(path);
  execFileSync("mkfifo", [path]);
  await expect
    .poll(() => log, soon)
    .toEqual([`inbox: cannot take ${path}: ${path} is not a regular file; trying again every second`]);
  await rm(path);
  await writeFile(path, notes("a"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
});

test("when rejected parts cannot be written, good ones are sent, and the paste is kept until they can be", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const rejected = join(folder, "inmsg.rejected.txt");
  await mkdir(rejected);
  const { stored, log } = await openInbox(path);
  await writeFile(path, `${notes("a")}nonsense\n`);
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
  await expect.poll(() => log.filter((line) => line.includes("EISDIR")).length, soon).toBe(1);
  await rm(rejected, { recursive: true });
  await untilNothingIsTaken(folder);
  expect(await readFile(rejected, "utf8")).toMatch(/nonsense\n\n\n$/);
  expect(namesOf(stored)).toEqual(["a"]);
});

/** Root may read and write everything. */
function asNobody(): void {
  if (process.getuid?.() !== 0) return;
  onTestFinished(asMyself);
  process.seteuid?.(65_534);
}

function asMyself(): void {
  if (process.getuid?.() === 0) process.seteuid?.(0);
}

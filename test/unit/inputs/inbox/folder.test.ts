import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { namesOf, notes, openInbox, rejectedText, soon, temporaryFolder, untilNothingIsTaken } from "../support.ts";

test("each file of a folder is a paste, the oldest first; it is deleted when it was sent", async () => {
  const folder = await temporaryFolder();
  for (const [age, name] of ["third", "first", "second"].entries()) {
    const path = join(folder, `${name}.json`);
    await writeFile(path, notes(name));
    const written = new Date(Date.UTC(2026, 0, name === "third" ? 3 : age));
    await utimes(path, written, written);
  }
  const { stored } = await openInbox(folder);
  await expect.poll(() => namesOf(stored), soon).toEqual(["first", "second", "third"]);
  await untilNothingIsTaken(folder);
  await writeFile(join(folder, "later"), notes("later"));
  await expect.poll(() => namesOf(stored), soon).toContain("later");
  await untilNothingIsTaken(folder);
  expect(await readdir(folder)).toEqual(["inmsg.taking"]);
});

test("hidden files, backups, folders and rejected parts are not pastes", async () => {
  const folder = await temporaryFolder();
  const { stored } = await openInbox(folder);
  await mkdir(join(folder, "sub"));
  for (const name of [".hidden", "x.json~", "old.rejected.txt"]) await writeFile(join(folder, name), notes(name));
  await writeFile(join(folder, "bad.yaml"), "just text\n");
  await expect.poll(() => rejectedText(folder), soon).toContain("neither JSON nor a YAML list or object\njust text\n");
  await writeFile(join(folder, "good.yaml"), "- name: good\n");
  await expect.poll(() => namesOf(stored), soon).toEqual(["good"]);
  await untilNothingIsTaken(folder);
  expect(await readdir(folder)).toEqual([
    ".hidden",
    "inmsg.rejected.txt",
    "inmsg.taking",
    "old.rejected.txt",
    "sub",
    "x.json~",
  ]);
});

test("a half-written file does not delay another one", async () => {
  const folder = await temporaryFolder();
  const { stored } = await openInbox(folder, { settleMs: 60_000 });
  await writeFile(join(folder, "a"), '[{"name":');
  await writeFile(join(folder, "b"), notes("b"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["b"]);
  await writeFile(join(folder, "a"), '"a"}]', { flag: "a" });
  await expect.poll(() => namesOf(stored), soon).toEqual(["b", "a"]);
});

test("a path that ends in a slash is made a folder", async () => {
  const folder = join(await temporaryFolder(), "inbox");
  const { stored } = await openInbox(`${folder}/`);
  await writeFile(join(folder, "a"), notes("a"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
});

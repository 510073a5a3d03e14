import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { namesOf, notes, openInbox, rejectedText, soon, temporaryFolder, untilNothingIsTaken } from "../support.ts";

test("text that a slow writer adds to a taken file is sent too, with the next numbers", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path, { settleMs: 1000 });
  const { stdin } = catOnto(path);
  const text = notes("b", "c");
  stdin.write(notes("a"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
  stdin.write(text.slice(0, 7));
  await expect.poll(async () => (await readdir(join(folder, "inmsg.taking"))).length, soon).toBe(1);
  stdin.end(text.slice(7));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a", "b", "c"]);
  await untilNothingIsTaken(folder);
  const [paste] = stored[0]!.id.split("-");
  expect(stored.map(({ id }) => id)).toEqual([`${paste}-0`, `${paste}-1`, `${paste}-2`]);
  expect(await rejectedText(folder)).toBe("");
});

test("one that goes on after the taken file was deleted is followed too", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path);
  const { stdin } = catOnto(path);
  const expected: string[] = [];
  for (const name of ["a", "b", "c"]) {
    expected.push(name);
    stdin.write(notes(name));
    await expect.poll(() => namesOf(stored), soon).toEqual(expected);
    await untilNothingIsTaken(folder);
  }
  stdin.write("\n\n");
  stdin.end('[{"name":"half');
  await expect.poll(() => rejectedText(folder), { timeout: 10_000 }).toContain('\n[{"name":"half\n');
  expect(namesOf(stored)).toEqual(expected);
  expect(new Set(stored.map(({ id }) => id)).size).toBe(3);
}, 20_000);

test("several writers at once: nothing is lost, each one's order is kept", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path);
  const writers = ["x", "y", "z"];
  await Promise.all(
    writers.map(async (writer) => {
      for (let turn = 0; turn < 100; turn += 1) await writeFile(path, notes(`${writer}${turn}`), { flag: "a" });
    }),
  );
  await expect.poll(() => stored.length, soon).toBe(300);
  await untilNothingIsTaken(folder);
  expect(new Set(stored.map(({ id }) => id)).size).toBe(300);
  for (const writer of writers) {
    expect(namesOf(stored).filter((name) => name.startsWith(writer))).toEqual(
      Array.from({ length: 100 }, (_, turn) => `${writer}${turn}`),
    );
  }
});

test("a writer that opened the file before it was taken, and writes only after that", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path);
  await using late = await open(path, "a");
  await writeFile(path, notes("a"), { flag: "a" });
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
  await untilNothingIsTaken(folder);
  await late.write(notes("b"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a", "b"]);
});

/** `cat >>` as a person or a pipe runs it; it has the file open when this returns. */
function catOnto(path: string): ChildProcessWithoutNullStreams {
  const child = spawn("/bin/sh", ["-c", 'exec cat >> "$0"', path]);
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill();
    await once(child, "exit");
  });
  return child;
}

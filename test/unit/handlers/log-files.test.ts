import { execFileSync } from "node:child_process";
import type * as fs from "node:fs";
import { renameSync, rmSync, truncateSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { LogFiles } from "../../../src/handlers/log-files.ts";
import { logHandlers } from "../../../src/handlers/log.ts";
import { runHandler, temporaryFolder } from "./support.ts";

type Write = (file: number, bytes: Buffer, offset: number, length: number) => Promise<{ bytesWritten: number }>;

/** The system's calls as they are here: `write` may be replaced, and `fsync` is counted. */
const system = vi.hoisted(() => ({
  write: undefined as Write | undefined,
  realWrite: undefined as unknown as Write,
  syncs: 0,
}));
vi.mock("node:fs", async (load) => {
  const [real, { promisify }] = [await load<typeof fs>(), await import("node:util")];
  system.realWrite = promisify(real.write);
  const write: Write = (...call) => (system.write ?? system.realWrite)(...call);
  const fsync = (file: number, done: () => void): void => {
    system.syncs += 1;
    real.fsync(file, done);
  };
  return { ...real, fsync, write: Object.assign(() => undefined, { [promisify.custom]: write }) };
});
afterEach(() => Object.assign(system, { write: undefined, syncs: 0 }));

async function logFiles(options: ConstructorParameters<typeof LogFiles>[1] = {}) {
  const folder = join(await temporaryFolder(), "log");
  const files = new LogFiles(folder, options);
  const read = async (name = "ship1.log"): Promise<string> => readFile(join(folder, name), "utf8");
  return { folder, files, read, path: join(folder, "ship1.log") };
}

/** Lets every write fail after so many bytes, as a full disk does, for as long as it is told to. */
function breakWrites(partly = 0): { mend: () => void } {
  let room = partly;
  system.write = async (file, bytes, offset, length) => {
    if (room === 0) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const { bytesWritten } = await system.realWrite(file, bytes, offset, Math.min(room, length));
    room -= bytesWritten;
    return { bytesWritten };
  };
  return { mend: () => (system.write = undefined) };
}

/** Has something happen right before the next write, or right after it. */
function atNextWrite(when: "before" | "after", happening: () => void): void {
  system.write = async (...call) => {
    system.write = undefined;
    if (when === "before") happening();
    const result = await system.realWrite(...call);
    if (when === "after") happening();
    return result;
  };
}

test("texts are appended to the sender's file, in the order in which they came, whatever lane they come from", async () => {
  const { files, read } = await logFiles();
  const texts = Array.from({ length: 200 }, (_, index) => `${index} ${"x".repeat(index * 50)}\n`);
  await Promise.all(texts.map((text) => files.append("ship1", text)));
  expect(await read()).toBe(texts.join(""));
});

test("each sender has a file of its own", async () => {
  const { files, read, folder } = await logFiles();
  await Promise.all([files.append("ship1", "a\n"), files.append("ship2", "b\n")]);
  expect(await readdir(folder)).toEqual(["ship1.log", "ship2.log"]);
  expect(await read("ship2.log")).toBe("b\n");
});

test("the next daemon continues at the end of the file", async () => {
  const { files, read, folder } = await logFiles();
  await files.append("ship1", "before\n");
  const again = new LogFiles(folder);
  await again.append("ship1", "after\n");
  expect(await read()).toBe("before\nafter\n");
});

test("a file that grows too large is set aside, as many times as are kept, and nothing is lost of those", async () => {
  const { files, read, folder } = await logFiles({ maxBytes: 10, keep: 2 });
  for (const text of ["first-----\n", "second----\n", "third-----\n", "fourth\n"]) await files.append("ship1", text);
  expect((await readdir(folder)).toSorted()).toEqual(["ship1.log", "ship1.log.1", "ship1.log.2"]);
  expect([await read(), await read("ship1.log.1"), await read("ship1.log.2")]).toEqual([
    "fourth\n",
    "third-----\n",
    "second----\n",
  ]);
});

test("a file is on disk before it is set aside", async () => {
  const { files } = await logFiles({ maxBytes: 5 });
  await files.append("ship1", "one\n");
  expect(system.syncs).toBe(0);
  await files.append("ship1", "two\n");
  expect(system.syncs).toBe(1);
});

test("text from an earlier daemon counts for the size", async () => {
  const { files, read, folder } = await logFiles({ maxBytes: 10 });
  await mkdir(folder);
  await writeFile(join(folder, "ship1.log"), "012345678\n");
  await files.append("ship1", "\n");
  expect(await read("ship1.log.1")).toBe("012345678\n\n");
});

test("texts that come while a file is set aside keep their order", async () => {
  const { files, read } = await logFiles({ maxBytes: 100, keep: 100 });
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}\n`);
  await Promise.all(lines.map((line) => files.append("ship1", line)));
  const kept = await Promise.all([9, 8, 7, 6, 5, 4, 3, 2, 1].map((age) => read(`ship1.log.${age}`).catch(() => "")));
  expect([...kept, await read().catch(() => "")].join("")).toBe(lines.join(""));
});

test("a write that fails fails its own message, and the next is written", async () => {
  const { files, read } = await logFiles();
  await files.append("ship1", "one\n");
  const { mend } = breakWrites();
  const failing = files.append("ship1", "two\n");
  await expect(failing).rejects.toThrow("ENOSPC");
  mend();
  await files.append("ship1", "three\n");
  expect(await read()).toBe("one\nthree\n");
});

test("a write that fails halfway is undone, so that a repeat makes no broken line", async () => {
  const { files, read } = await logFiles();
  await files.append("ship1", "one\n");
  const { mend } = breakWrites(4);
  await expect(files.append("ship1", "two, which is long\n")).rejects.toThrow("ENOSPC");
  mend();
  await files.append("ship1", "two, which is long\n");
  expect(await read()).toBe("one\ntwo, which is long\n");
});

test("a folder that cannot be made fails the message, and is made when it can be", async () => {
  const { files, read, folder } = await logFiles();
  await writeFile(folder, "in the way");
  await expect(files.append("ship1", "one\n")).rejects.toThrow("ENOTDIR");
  await rm(folder);
  await files.append("ship1", "two\n");
  expect(await read()).toBe("two\n");
});

test.each<[what: string, happens: (path: string) => Promise<void>]>([
  ["removed", (path) => rm(path)],
  ["renamed, as logrotate does", (path) => rename(path, `${path}.1`)],
  ["renamed, and another made", async (path) => rename(path, `${path}.1`).then(() => writeFile(path, ""))],
  ["replaced by an editor's save", async (path) => writeFile(`${path}~`, "").then(() => rename(`${path}~`, path))],
  ["emptied", (path) => truncate(path)],
  ["removed with its folder", (path) => rm(dirname(path), { recursive: true })],
  ["moved with its folder", (path) => rename(dirname(path), `${dirname(path)}.old`)],
  [
    "removed with its folder, which is made again",
    async (path) => rm(dirname(path), { recursive: true }).then(() => mkdir(dirname(path))),
  ],
  ["moved with the data folder", (path) => rename(dirname(dirname(path)), `${dirname(dirname(path))}.old`)],
])("text that is appended after the file was %s is in the file of that name", async (_what, happens) => {
  const { files, read, path, folder } = await logFiles();
  onTestFinished(() => rm(`${dirname(folder)}.old`, { recursive: true, force: true }));
  await files.append("ship1", "one\n");
  await happens(path);
  await files.append("ship1", "two\n");
  await files.append("ship1", "three\n");
  expect(await read()).toBe("two\nthree\n");
});

test.each<[what: string, happens: (path: string) => void]>([
  ["removed", (path) => rmSync(path)],
  ["removed with its folder", (path) => rmSync(dirname(path), { recursive: true })],
])("a text whose file is %s while it is written is written once more", async (_what, happens) => {
  const { files, read, path } = await logFiles();
  for (const [round, when] of (["before", "after"] as const).entries()) {
    await files.append("ship1", `${round} begins\n`);
    atNextWrite(when, () => happens(path));
    await files.append("ship1", `${round} ends\n`);
    expect(await read()).toBe(`${round} ends\n`);
    await rm(path);
  }
});

test("a text whose file is renamed during the write is in that file, and only there", async () => {
  const { files, read, path } = await logFiles();
  await files.append("ship1", "one\n");
  atNextWrite("before", () => renameSync(path, `${path}.1`));
  await files.append("ship1", "two\n");
  await files.append("ship1", "three\n");
  expect([await read("ship1.log.1"), await read()]).toEqual(["one\ntwo\n", "three\n"]);
});

test("a link is followed for writing", async () => {
  const { files, read, path, folder } = await logFiles();
  await mkdir(folder);
  await symlink("elsewhere", path);
  await files.append("ship1", "one\n");
  expect(await read("elsewhere")).toBe("one\n");
});

test.each<[what: string, make: (path: string) => Promise<unknown>, error: string]>([
  ["a folder", (path) => mkdir(path), "EISDIR"],
  ["a pipe that nobody reads", async (path) => execFileSync("mkfifo", [path]), "is not a regular file"],
  ["a device", (path) => symlink("/dev/null", path), "is not a regular file"],
  ["a link that leads nowhere", (path) => symlink("nowhere/at/all", path), "ENOENT"],
])("with %s in the file's place no text counts as written, and other senders' are", async (_what, make, error) => {
  const { files, read, path, folder } = await logFiles();
  await mkdir(folder);
  await make(path);
  await expect(files.append("ship1", "one\n")).rejects.toThrow(error);
  await files.append("ship2", "two\n");
  expect(await read("ship2.log")).toBe("two\n");
  await rm(path, { recursive: true });
  await files.append("ship1", "three\n");
  expect(await read()).toBe("three\n");
});

test("when a write fails halfway, text that others appended after it stays", async () => {
  const { files, read, path } = await logFiles();
  const { mend } = breakWrites(2);
  const broken = system.write;
  system.write = async (...call) => {
    const result = await broken!(...call);
    await appendFile(path, "!\nanother's\n");
    return result;
  };
  await expect(files.append("ship1", "one\n")).rejects.toThrow("ENOSPC");
  mend();
  await files.append("ship1", "one\n");
  expect(await read()).toBe("on!\nanother's\none\n");
});

test("when a write fails after the file was emptied, the file is not filled with zeros", async () => {
  const { files, read, path } = await logFiles();
  await files.append("ship1", "one\n");
  const { mend } = breakWrites(2);
  const broken = system.write;
  system.write = async (...call) => {
    const result = await broken!(...call);
    truncateSync(path);
    return result;
  };
  await expect(files.append("ship1", "two\n")).rejects.toThrow("ENOSPC");
  mend();
  await files.append("ship1", "two\n");
  expect(await read()).toBe("two\n");
});

test.each([
  ["the beginning of a line", "before\nline on", "line one\n", "before\nline one\n"],
  ["the beginning of the file", "line on", "line one\n", "line one\n"],
  ["some lines of a text, and half of one", "before\none\ntwo\nthr", "one\ntwo\nthree\n", "before\none\ntwo\nthree\n"],
  ["half a line that does not come again", "before\nsomethi", "one\n", "before\nsomethi\none\n"],
  ["half a line in which another begins", "before\nxone", "one two\n", "before\nxone\none two\n"],
  ["all of a line but its end", "one", "one\n", "one\n"],
])(
  "when an earlier daemon stopped writing after %s, the next text makes whole lines",
  async (_what, left, text, whole) => {
    const { files, read, path, folder } = await logFiles();
    await mkdir(folder);
    await writeFile(path, left);
    await files.append("ship1", text);
    expect(await read()).toBe(whole);
  },
);

test("a file that cannot be set aside harms no text, is reported once, and loses no kept file", async () => {
  const warnings: string[] = [];
  const { files, read, path } = await logFiles({ maxBytes: 10, keep: 2, warn: (text) => warnings.push(text) });
  for (const text of ["first-----\n", "second----\n"]) await files.append("ship1", text);
  await rm(`${path}.2`);
  await mkdir(join(`${path}.2`, "in the way"), { recursive: true });
  for (const text of ["third-----\n", "fourth----\n"]) await files.append("ship1", text);
  expect([await read(), await read("ship1.log.1")]).toEqual(["third-----\nfourth----\n", "second----\n"]);
  expect(warnings).toEqual([expect.stringMatching(/^\S+ship1\.log cannot be set aside and keeps growing: E/)]);
});

test("a file that another process has set aside meanwhile is not set aside again", async () => {
  const { files, read, path } = await logFiles({ maxBytes: 10 });
  atNextWrite("after", () => {
    renameSync(path, `${path}.1`);
  });
  await files.append("ship1", "first-----\n");
  await files.append("ship1", "two\n");
  expect([await read("ship1.log.1"), await read()]).toEqual(["first-----\n", "two\n"]);
});

test("no sender's file stays open", async () => {
  const { files } = await logFiles();
  const before = await readdir("/proc/self/fd").catch(() => []);
  for (let sender = 0; sender < 500; sender++) await files.append(`ship${sender}`, "one\n");
  expect((await readdir("/proc/self/fd").catch(() => [])).length).toBeLessThan(before.length + 10);
});

test.each([
  [["a line\n"], "a line\n"],
  [["a line"], "a line\n"],
  [["two\nlines", "and a third\n"], "two\nlines\nand a third\n"],
  [[""], "\n"],
])("the data %j is logged as %j", async (data, text) => {
  const { files, read } = await logFiles();
  const [log, error] = logHandlers(files);
  expect(await runHandler(log, data)).toEqual({});
  await runHandler(error, data);
  expect(await read()).toBe(text + text);
});

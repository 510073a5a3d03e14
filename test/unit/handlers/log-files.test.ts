import { mkdir, open, readdir, readFile, rm, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { LogFiles } from "../../../src/handlers/log-files.ts";
import { logHandlers } from "../../../src/handlers/log.ts";
import { runHandler, temporaryFolder } from "./support.ts";

async function logFiles(options: ConstructorParameters<typeof LogFiles>[1] = {}) {
  const folder = join(await temporaryFolder(), "log");
  const files = new LogFiles(folder, options);
  onTestFinished(async () => files[Symbol.asyncDispose]());
  const read = async (name = "ship1.log"): Promise<string> => readFile(join(folder, name), "utf8");
  return { folder, files, read };
}

/** What all open files have in common. */
async function fileHandles(): Promise<FileHandle> {
  await using probe = await open("/dev/null", "a");
  return Object.getPrototypeOf(probe) as FileHandle;
}

/** Lets the writes of every open file fail, as a full disk does, for as long as it is told to. */
async function breakWrites(partly = 0): Promise<{ mend: () => void }> {
  const spy = vi.spyOn(await fileHandles(), "appendFile").mockImplementation(async function broken(
    this: FileHandle,
    data,
  ) {
    await this.write((data as Buffer).subarray(0, partly));
    throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  });
  onTestFinished(() => spy.mockRestore());
  return { mend: () => spy.mockRestore() };
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

test("a next life goes on where the former ended", async () => {
  const { files, read, folder } = await logFiles();
  await files.append("ship1", "before\n");
  await files[Symbol.asyncDispose]();
  await using again = new LogFiles(folder);
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
  const sync = vi.spyOn(await fileHandles(), "sync");
  await files.append("ship1", "one\n");
  expect(sync).not.toHaveBeenCalled();
  await files.append("ship1", "two\n");
  expect(sync).toHaveBeenCalledOnce();
  sync.mockRestore();
});

test("what a former life wrote counts for the size", async () => {
  const { files, read, folder } = await logFiles({ maxBytes: 10 });
  await mkdir(folder);
  await writeFile(join(folder, "ship1.log"), "0123456789");
  await files.append("ship1", "\n");
  expect(await read("ship1.log.1")).toBe("0123456789\n");
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
  const { mend } = await breakWrites();
  const failing = files.append("ship1", "two\n");
  await expect(failing).rejects.toThrow("ENOSPC");
  mend();
  await files.append("ship1", "three\n");
  expect(await read()).toBe("one\nthree\n");
});

test("of a write that fails half-way nothing stays, so that a repeat makes no broken line", async () => {
  const { files, read } = await logFiles();
  await files.append("ship1", "one\n");
  const { mend } = await breakWrites(4);
  await expect(files.append("ship1", "two, which is long\n")).rejects.toThrow("ENOSPC");
  mend();
  await files.append("ship1", "two, which is long\n");
  expect(await read()).toBe("one\ntwo, which is long\n");
});

test("a folder that cannot be made fails the message, and is made when it can be", async () => {
  const { files, read, folder } = await logFiles();
  await writeFile(folder, "in the way");
  await expect(files.append("ship1", "one\n")).rejects.toThrow("EEXIST");
  await rm(folder);
  await files.append("ship1", "two\n");
  expect(await read()).toBe("two\n");
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

import { mkdtemp, rename, rm, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigFile } from "../../../src/config/config-file.ts";
import { until } from "../../support/until.ts";

let folder: string;
let path: string;
let lines: string[];
let stop: AbortController;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steward-config-"));
  path = join(folder, "steward.yaml");
  lines = [];
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await rm(folder, { recursive: true });
});

const log = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) });
async function followed(text: string): Promise<{ file: ConfigFile; ended: Promise<void> }> {
  await writeFile(path, text);
  const file = await ConfigFile.open(path);
  return { file, ended: file.follow(log, stop.signal, 100) };
}
const logged = async (count: number) =>
  until(() => lines.length >= count, 4000, `${count} lines in the log: ${lines.join("")}`);

test("a missing or invalid file is reported at once", async () => {
  await expect(ConfigFile.open(path)).rejects.toMatchObject({ code: "fileUnreadable" });
  await writeFile(path, "retries: few");
  await expect(ConfigFile.open(path)).rejects.toMatchObject({
    code: "badSettings",
    message: `${path}: retries: must be a number`,
  });
});

test("a change is used, whether the file was edited or replaced; options wait for a restart", async () => {
  const { file } = await followed("{ retries: 1, central: hq }");
  await writeFile(path, "{ retries: 2, central: hq, accept: [] }");
  await logged(1);
  expect(file.current).toMatchObject({ options: { retries: 2 }, accept: [] });
  expect(lines[0]).toContain(
    "the new settings apply from the next message on, except retries: restart the node for that",
  );

  const other = join(folder, "new");
  await writeFile(other, "{ retries: 1, central: hq, accept: [{}] }");
  await rename(other, path);
  await logged(2);
  expect(file.current.accept).toEqual([{ allow: true }]);
  expect(lines[1]).toMatch(/the new settings apply from the next message on"/);
});

test("a change of the same size, or behind a symbolic link, is noticed too", async () => {
  await writeFile(join(folder, "1"), "accept: [{}]");
  await symlink(join(folder, "1"), path);
  const file = await ConfigFile.open(path);
  void file.follow(log, stop.signal, 100);
  await writeFile(join(folder, "2"), "accept: [  ]");
  await symlink(join(folder, "2"), join(folder, "link"));
  await rename(join(folder, "link"), path);
  await logged(1);
  expect(file.current.accept).toEqual([]);
});

test("after an invalid, empty or deleted file, the previous settings stay in use, with one line each", async () => {
  const { file } = await followed("accept: []");
  const before = file.current;
  await writeFile(path, "accept: [");
  await logged(1);
  await writeFile(path, "");
  await logged(2);
  await unlink(path);
  await logged(3);
  expect(file.current).toBe(before);
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    expect.stringMatching(/steward\.yaml: .*line 1.*; the previous settings stay in use$/),
    `${path}: is empty; for no settings, write {}; the previous settings stay in use`,
    expect.stringMatching(/cannot be read: ENOENT.*; the previous settings stay in use$/),
  ]);
  await writeFile(path, "{}");
  await logged(4);
  expect(file.current.accept).toBeUndefined();
});

test("a file with only comments is refused as a change, because its writer may not be done", async () => {
  const { file } = await followed("# nothing yet\n");
  expect(file.current.accept).toBeUndefined();
  await writeFile(path, "# who may send\naccept: []");
  await logged(1);
  for (const [at, text] of ["# who may send\n", "---\n  # who may send\n\n# accept: []"].entries()) {
    await writeFile(path, text);
    await logged(at + 2);
    expect(lines.at(-1)).toContain(
      "contains only comments; for no settings, write {}; the previous settings stay in use",
    );
    expect(file.current.accept).toEqual([]);
  }
  await writeFile(path, "# everything\n{}");
  await logged(4);
  expect(file.current.accept).toBeUndefined();
});

test("a file that is still being written is not used yet", async () => {
  const { file } = await followed("accept: []");
  for (let writes = 0; writes < 25; writes++) {
    await writeFile(path, `retries: ${writes}`);
    await utimes(path, writes, writes);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(file.current.accept).toEqual([]);
  }
  await logged(1);
  expect(lines).toHaveLength(1);
  expect(file.current).toMatchObject({ options: { retries: 24 }, accept: undefined });
});

test("it stops when the signal aborts", async () => {
  const { ended } = await followed("{}");
  stop.abort();
  await expect(ended).resolves.toBeUndefined();
});

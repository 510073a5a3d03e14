import { readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appendRejected } from "../../../src/inputs/rejected.ts";
import { temporaryFolder } from "./support.ts";

const paste = "01KQ0000000000000000000000";
const rejections = ["first", "second"].map((name, index) => ({
  key: `${paste}-${index}`,
  reason: `${name} reason\n  on two lines`,
  text: Buffer.from(`[${name}\n`),
}));

test("each part has a comment line and its text, and is written once", async () => {
  const path = join(await temporaryFolder(), "rejected.txt");
  expect(await appendRejected(path, paste, rejections.slice(0, 1))).toBe(1);
  expect(await appendRejected(path, paste, rejections)).toBe(1);
  expect(await appendRejected(path, paste, rejections)).toBe(0);
  expect(await readFile(path, "utf8")).toMatchInlineSnapshot(`
    "# 2026-04-24T14:58:38.720Z 01KQ0000000000000000000000-0 first reason; on two lines
    [first


    # 2026-04-24T14:58:38.720Z 01KQ0000000000000000000000-1 second reason; on two lines
    [second


    "
  `);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("an entry that a crash cut short is written again, on a line of its own", async () => {
  const path = join(await temporaryFolder(), "rejected.txt");
  await appendRejected(path, paste, rejections);
  const { size } = await stat(path);
  await truncate(path, size - 5);
  expect(await appendRejected(path, paste, rejections)).toBe(1);
  expect((await readFile(path, "utf8")).slice(size - 10)).toMatch(
    /^\[seco\n# \S+ \S+-1 second reason; on two lines\n\[second\n\n\n$/,
  );
});

import { appendFile, mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { namesOf, notes, openInbox, rejectedText, temporaryFolder } from "../support.ts";

vi.setConfig({ testTimeout: 30_000 });
const soon = { timeout: 15_000, interval: 10 };

const patient = { settleMs: 100, yamlMs: 1500, cutMs: 60_000 };

test.each(["held open", "opened for each line"])(
  "F9: a writer that pauses within an object, the file %s",
  async (how) => {
    const folder = await temporaryFolder();
    const path = join(folder, "inmsg.txt");
    const { stored } = await openInbox(path, patient);
    await using file = await open(path, "a");
    for (const line of ["[{", '  "name":', '  "a"', "}, {", '"name": "b"', "}]"]) {
      await (how === "held open" ? file.appendFile(`${line}\n`) : appendFile(path, `${line}\n`));
      await delay(300);
    }
    await expect.poll(() => namesOf(stored), soon).toEqual(["a", "b"]);
    expect(await rejectedText(folder)).toBe("");
  },
);

test("F9: complete parts do not wait for an incomplete end, nor do other pastes", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path, patient);
  await using file = await open(path, "a");
  await file.appendFile(`${notes("first")}[{"name":`);
  await expect.poll(() => namesOf(stored), soon).toEqual(["first"]);
  await writeFile(path, notes("another"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["first", "another"]);
  await file.appendFile('"last"}]\n');
  await expect.poll(() => namesOf(stored), soon).toEqual(["first", "another", "last"]);
  expect(await rejectedText(folder)).toBe("");
});

test("F9: however many pastes are cut, a good one is not held up by them, and each goes on where it was", async () => {
  const folder = await temporaryFolder();
  const taking = join(folder, "inmsg.taking");
  await mkdir(taking);
  const cut = Array.from({ length: 150 }, (_, at) => join(taking, `01KAP7Q4T0${String(at).padStart(16, "0")}`));
  for (const [at, path] of cut.entries()) await writeFile(path, `${notes(`begin${at}`)}[{"name":`);
  const { stored } = await openInbox(join(folder, "inmsg.txt"), patient);
  await writeFile(join(folder, "inmsg.txt"), notes("good"));
  await expect.poll(() => namesOf(stored), soon).toContain("good");
  expect(stored).toHaveLength(151);
  await appendFile(cut[120]!, '"end"}]\n');
  await expect.poll(() => stored.length, soon).toBe(152);
  expect(stored.at(-1)).toMatchObject({ name: "end", id: expect.stringMatching(/0120-1$/) as unknown });
});

test("F9: a part that stays incomplete for long is rejected as a whole", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path, { ...patient, cutMs: 2000 });
  await writeFile(path, '[{"name":"a"},\n{"na');
  await delay(1000);
  expect(await rejectedText(folder)).toBe("");
  await expect.poll(() => rejectedText(folder), soon).toContain("the text ends before the JSON does");
  expect(await rejectedText(folder)).toContain('[{"name":"a"},\n{"na');
  expect(stored).toEqual([]);
});

test.each([
  ["at a line end", "- name: a\n", "- name: b\n"],
  ["within brackets", "- name: a\n  more: [\n", "  ]\n- name: b\n"],
  ["within quotes", "- name: a\n  more: 'b\n", "    '\n- name: b\n"],
])("F9: a writer that pauses within YAML, %s: nothing runs on a doubt", async (_where, begin, end) => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path, patient);
  await writeFile(path, begin);
  await delay(700);
  expect(stored).toEqual([]);
  await appendFile(path, end);
  await expect.poll(() => namesOf(stored), soon).toEqual(["a", "b"]);
});

test("F9: three dots end a YAML text at once", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path, { settleMs: 100, yamlMs: 60_000, cutMs: 60_000 });
  await writeFile(path, "name: a\n...\n");
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
  expect(await readFile(path, "utf8")).toBe("");
});

import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { StewardError } from "../../../../src/protocol/errors.ts";
import { namesOf, notes, openInbox, rejectedText, soon, temporaryFolder, untilNothingIsTaken } from "../support.ts";

test("broken JSON is moved aside with time, place and reason, and good parts of the same paste are sent", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored, log } = await openInbox(path);
  await writeFile(path, `${notes("a")}[{"name":"b",}]\n${notes("c")}`);
  await expect.poll(() => namesOf(stored), soon).toEqual(["a", "c"]);
  await untilNothingIsTaken(folder);
  const [paste] = stored[0]!.id.split("-");
  expect(await rejectedText(folder)).toMatch(
    new RegExp(
      String.raw`^# \d{4}-\d\d-\d\dT[\d:.]+Z ${paste}-broken-0 line 2, column 14: a key in double quotes is missing\n\[\{"name":"b",\}\]\n\n\n$`,
    ),
  );
  expect(stored.map(({ id }) => id)).toEqual([`${paste}-0`, `${paste}-1`]);
  expect(log).toContain(
    `inbox: moved 1 of a paste's parts to ${join(folder, "inmsg.rejected.txt")}; the first: line 2, column 14: a key in double quotes is missing`,
  );
});

test("an invalid element of a list is moved aside, its neighbours are sent, and it keeps its number", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path);
  await writeFile(path, '[{"name":"a"}, {"nam" : "b"}, {"name":"c"}]');
  await expect.poll(() => namesOf(stored), soon).toEqual(["a", "c"]);
  await untilNothingIsTaken(folder);
  expect(stored.map(({ id }) => id.split("-")[1])).toEqual(["0", "2"]);
  expect(await rejectedText(folder)).toMatch(/^# \S+ \S+-1 name: a string is missing\n\{"nam" : "b"\}\n\n$/);
});

test("an unfinished paste that does not change is moved aside, and the inbox goes on", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const { stored } = await openInbox(path);
  await writeFile(path, '[{"name":"half');
  await expect.poll(() => rejectedText(folder), soon).toContain('the text ends before the JSON does\n[{"name":"half\n');
  await untilNothingIsTaken(folder);
  await writeFile(path, notes("a"));
  await expect.poll(() => namesOf(stored), soon).toEqual(["a"]);
});

test("bytes that are not text are kept unchanged", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  await openInbox(path);
  await writeFile(path, Buffer.from([0xff, 0xfe, 0x41, 0x00]));
  await expect.poll(() => rejectedText(folder), soon).toContain("line 1: not valid UTF-8; save the file as UTF-8\n");
});

test("rejected parts are appended to those of earlier pastes", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  await openInbox(path);
  for (const [index, text] of ["[1]\n", "nonsense\n"].entries()) {
    await appendFile(path, text);
    await expect.poll(async () => (await rejectedText(folder)).match(/^# /gm)?.length, soon).toBe(index + 1);
  }
  expect(await rejectedText(folder)).toMatch(/^# .*\n1\n\n# .*\nnonsense\n\n\n$/);
});

test("a message that can never be stored is moved aside, the others are sent in order under their own ids", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const stored = new Map<string, string>();
  await openInbox(path, {
    send: async (messages) => {
      if (messages.some(({ name }) => name === "huge")) throw new StewardError("tooLarge", "the message has 2 MiB");
      for (const { id, name } of messages) stored.set(id.split("-")[1]!, name);
    },
  });
  await writeFile(path, notes("a", "b", "huge", "c", "huge", "d"));
  await untilNothingIsTaken(folder);
  await expect
    .poll(() => [...stored], soon)
    .toEqual([
      ["0", "a"],
      ["1", "b"],
      ["3", "c"],
      ["5", "d"],
    ]);
  const rejected = await rejectedText(folder);
  expect(rejected.match(/-(\d) the message has 2 MiB\n\{"name":"huge"\}\n\n/g)).toHaveLength(2);
});

test("any other failure of the sending is reported once, and tried again with the same ids", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const seen: string[] = [];
  const { log } = await openInbox(path, {
    send: async (messages) => {
      seen.push(...messages.map(({ id }) => id));
      if (seen.length < 3) throw new Error("out of luck");
    },
  });
  await writeFile(path, `[1]\n${notes("a")}`);
  await expect.poll(() => seen.length, soon).toBe(3);
  await untilNothingIsTaken(folder);
  expect(new Set(seen).size).toBe(1);
  expect(log.filter((line) => line.includes("out of luck"))).toHaveLength(1);
  expect((await rejectedText(folder)).match(/^# /gm)).toHaveLength(1);
});

import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { namesOf, notes, openInbox, soon, temporaryFolder } from "../support.ts";

vi.mock("node:fs/promises", async (load) => ({
  ...(await load<object>()),
  watch: () => {
    throw new Error("no inotify here");
  },
}));

test("if the file system reports no changes, the file is checked every second", async () => {
  const path = join(await temporaryFolder(), "inmsg.txt");
  const { stored, log } = await openInbox(path);
  expect(log).toEqual([expect.stringMatching(/is only checked every second: no inotify here$/)]);
  for (const names of [["a"], ["a", "b"]]) {
    await appendFile(path, notes(names.at(-1)!));
    await expect.poll(() => namesOf(stored), soon).toEqual(names);
  }
});

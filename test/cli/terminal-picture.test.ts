import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steward-picture-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** It starts four programs, some of them twice. */
const timeout = 120_000;

test(
  "the picture of a terminal in the README shows this program's output; scripts/record-terminal draws it again",
  { timeout },
  async () => {
    const file = join(folder, "terminal.svg");
    const script = spawn(join(root, "scripts/record-terminal"), [file], {
      stdio: ["ignore", "ignore", "inherit"],
      timeout: timeout - 10_000,
    });
    expect(await once(script, "close")).toEqual([0, null]);
    expect(await readFile(file, "utf8")).toBe(await readFile(join(root, "docs/terminal.svg"), "utf8"));
  },
);

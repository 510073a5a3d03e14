import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { findCandidates } from "../../../../src/cli/complete/candidates.ts";
import type { Candidate } from "../../../../src/cli/complete/line.ts";

afterEach(() => vi.unstubAllEnvs());

test("the contexts of the nats CLI are those in its folder", async () => {
  const home = await mkdtemp(join(tmpdir(), "steward-test-"));
  const folder = join(home, "nats", "context");
  await mkdir(folder, { recursive: true });
  for (const file of ["harbour.json", "sea.json", "notes.txt"]) await writeFile(join(folder, file), "{}");
  vi.stubEnv("XDG_CONFIG_HOME", home);
  const found: Candidate[] = [];
  const place = { kind: "value", of: { completes: "context" } } as const;
  await findCandidates({ command: undefined, args: {}, place, head: "", typed: "" }, [], (some) => found.push(...some));
  expect(found.map(({ value }) => value).toSorted()).toEqual(["harbour", "sea"]);
  await rm(home, { recursive: true });
});

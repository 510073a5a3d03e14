import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { examples, isMissing, runExample, startShell, type Shell } from "../support/console-examples.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/nats-cookbook.md"), "utf8");

describe.skipIf(isMissing("nats"))("the cookbook of the nats CLI (needs it on PATH)", () => {
  let home: string;
  let shell: Shell;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "steward-cookbook-"));
    // Nodes write these keys again within a minute; the test must not wait that long.
    shell = await startShell(home, { STEWARD_WATCHDOG_INTERVAL: "1s", STEWARD_PRESENCE_TTL: "10s" });
  });
  afterAll(async () => {
    await shell.end();
    rmSync(home, { recursive: true });
  });

  test.for(examples(page))("$command", async (example) => {
    expect(await runExample(shell, example)).toMatch(example.expected);
  });
});

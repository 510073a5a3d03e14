import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeDefaults } from "../../src/node/settings.ts";

const folder = join(import.meta.dirname, "../../packaging/systemd");

test.for(readdirSync(folder))("systemd has nothing to say against %s", (name, context) => {
  const missing = spawnSync("systemd-analyze", ["--version"]).status !== 0;
  context.skip(missing, "systemd-analyze is not here");
  const home = mkdtempSync(join(tmpdir(), "steward-units-"));
  try {
    const copy = join(home, name.replace("@", "@ship1"));
    // It looks whether the program is there, which is not installed here.
    writeFileSync(copy, read(name).replace("ExecStart=steward ", `ExecStart=${process.execPath} `));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", copy], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  } finally {
    rmSync(home, { recursive: true });
  }
});

test("systemd waits for a node that stops for longer than the node waits for its commands", () => {
  const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(read("steward-node@.service"))?.[1]);
  expect(seconds * 1000).toBeGreaterThan(nodeDefaults.drainTimeout + nodeDefaults.killGrace);
});

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

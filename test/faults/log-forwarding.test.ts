import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isFinal } from "../../src/protocol/ack.ts";
import { readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { logLines } from "../support/log-lines.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/until.ts";

const kills = 3;

let fleet: Fleet;
let folder: string;
beforeEach(async () => {
  fleet = await startFleet(["central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-lines-"));
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it("S3, S13: a log arrives whole and in order while its receiver is killed three times", async () => {
  const central = fleet.nodes["central"]!;
  const { text, arrived, blocks } = await forward({ kill: () => central.kill(), revive: () => central.restart() });
  const { once, repeats } = withoutRepeats(arrived, blocks);
  expect(repeats).toBeLessThanOrEqual(kills);
  expect(checksum(once)).toBe(checksum(text));
  expect(await countLives()).toBe(1 + kills);
});

it("S2, S3: a log arrives whole, in order and without repeats while the broker is killed three times", async () => {
  const { text, arrived } = await forward({ kill: () => fleet.server.kill(), revive: () => fleet.server.restart() });
  expect(checksum(arrived)).toBe(checksum(text));
  expect(await countLives()).toBe(1);
});

/** Forwards a log from ship1 to central, with kills on the way; gives what was sent, what arrived, and in which blocks. */
async function forward({ kill, revive }: { kill: () => Promise<void>; revive: () => Promise<void> }) {
  const text = logLines(seeded(7), 100_000);
  const file = join(folder, "syslog");
  await writeFile(file, text);
  let [delivered, killed] = [0, 0];
  fleet.nc.subscribe("steward.central.acked.event.log.*", {
    callback: () => {
      delivered += 1;
      if (killed === kills || delivered < 30 * (killed + 1)) return;
      killed += 1;
      // At once: it is at the next block by now.
      void kill();
    },
  });
  const sent = fleet.steward(["send", "central", "log", "--lines", file, "--from", "ship1", "--wait", "60s", "--json"]);
  for (let done = 0; done < kills; done++) {
    await until(() => killed > done, 30_000, `kill ${done + 1}`);
    await revive();
  }
  const { code, stdout } = await sent;
  expect(code).toBe(0);
  await untilAnswered(fleet.nc);

  const finals = (await readAcks(fleet.nc)).filter((ack) => isFinal(ack));
  expect(new Set(finals.map(({ id }) => id)).size).toBe(finals.length);
  const blocks = finals.map(({ message }) => message?.data[0] ?? "");
  expect(JSON.parse(stdout)).toMatchObject({ blocks: blocks.length, summary: { succeeded: blocks.length } });
  expect(blocks.join("")).toBe(text);
  const arrived = await readFile(join(fleet.nodes["central"]!.dataDir, "log", "ship1.log"), "utf8");
  return { text, arrived, blocks };
}

/** How many lives of the daemon delivered something: with kills in the middle, one more than there were kills. */
async function countLives(): Promise<number> {
  return new Set((await readAcks(fleet.nc)).map(({ instance }) => instance)).size;
}

/**
 * Takes out what stands there once more than it should: before a block, the one before it or the beginning of itself,
 * where a kill came in the middle of the writing. Anything else that does not fit stays, and spoils the checksum.
 */
function withoutRepeats(arrived: string, blocks: readonly string[]): { once: string; repeats: number } {
  let [once, repeats, at] = ["", 0, 0];
  for (const [number, block] of blocks.entries()) {
    const found = arrived.indexOf(block, at);
    const before = arrived.slice(at, found);
    if (found < 0 || !(block.startsWith(before) || before === blocks[number - 1])) break;
    if (before !== "") repeats += 1;
    once += block;
    at = found + block.length;
  }
  return { once: once + arrived.slice(at), repeats };
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

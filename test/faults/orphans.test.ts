import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aMessage, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";
import { isRunning } from "../unit/exec/support.ts";

const names = Array.from({ length: 10 }, (_, number) => `ship${number}`);
const killsOfEach = 10;
/** A command writes a line after each of these pauses, in seconds; `ORPHANS_PAUSE=1` is the long form. */
const pause = process.env["ORPHANS_PAUSE"] ?? "0.1";

let fleet: Fleet;
let folder: string;
beforeEach(async () => {
  // Else each command would be given up after three kills.
  fleet = await startFleet(names, {}, ["--daemon-ends", "1000"]);
  folder = await mkdtemp(join(tmpdir(), "steward-orphans-"));
}, 60_000);
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Line {
  readonly run: string;
  readonly pid: number;
  readonly time: number;
}

async function linesOf(name: string): Promise<Line[]> {
  const text = await readFile(join(folder, name), "utf8").catch(() => "");
  const complete = text.split("\n").slice(0, -1);
  return complete.map((line) => {
    const [run = "", pid, time] = line.split(" ");
    return { run, pid: Number(pid), time: Number(time?.replace(",", ".")) };
  });
}

it("S13: through 100 kill -9 no two runs of a command overlap, and none of a killed daemon's processes is left", async () => {
  // Writes lines with its run, itself and the time, until the test lets it go or is over. Reading from a pipe that says
  // nothing is a pause without a process of its own.
  const writer = join(folder, "writer");
  await writeFile(
    writer,
    `exec 3<> <(:); while test -d ${folder} && ! test -e ${folder}/go; do echo "$1 $$ $EPOCHREALTIME" >> ${folder}/$2; read -t ${pause} -u 3; done; true`,
  );
  for (const node of names) {
    // The second writer leaves the command's process group.
    const data = [`setsid bash ${writer} $$ ${node} & exec bash ${writer} $$ ${node}`];
    await putMessage(fleet.nc, aMessage({ id: node, node, subject: "shell", data, timeout: "10m" }));
  }
  let orphans = 0;
  const killInTheMiddle = async (node: string): Promise<void> => {
    for (let kill = 1; kill <= killsOfEach; kill++) {
      await untilItWrites(node);
      await fleet.nodes[node]!.kill();
      const left = new Set((await linesOf(node)).map(({ pid }) => pid).filter(isRunning));
      orphans += left.size;
      await fleet.nodes[node]!.restart();
      expect([...left].filter(isRunning)).toEqual([]);
    }
    await untilItWrites(node);
  };
  await Promise.all(names.map(killInTheMiddle));
  await writeFile(join(folder, "go"), "");
  await untilAnswered(fleet.nc, 60_000);

  // Each kill met a command in the middle: both of its processes ran on.
  expect(orphans).toBe(2 * names.length * killsOfEach);
  for (const node of names) {
    const lines = await linesOf(node);
    const runs = [...new Set(lines.map(({ run }) => run))];
    expect(runs).toHaveLength(killsOfEach + 1);
    expect(overlaps(lines, runs)).toEqual([]);
    const acks = await readAcks(fleet.nc, node);
    const started = runs.map((_, at) => `started ${at + 1}`);
    expect(acks.map(({ state, attempt }) => `${state} ${attempt}`)).toEqual([...started, `succeeded ${runs.length}`]);
  }
});

/** Waits until both processes of the present run have written more than one line from now on. */
async function untilItWrites(node: string): Promise<void> {
  const before = (await linesOf(node)).length;
  const hasWritten = async (): Promise<boolean> => {
    const lines = (await linesOf(node)).slice(before);
    const own = lines.filter(({ run }) => run === lines.at(-1)?.run);
    return own.length >= 4 && new Set(own.map(({ pid }) => pid)).size === 2;
  };
  await until(hasWritten, 60_000);
}

/** The runs that wrote a line after the next one had written its first. */
function overlaps(lines: readonly Line[], runs: readonly string[]): string[] {
  return runs.filter((run, at) => {
    const last = Math.max(...lines.filter((line) => line.run === run).map(({ time }) => time));
    const next = Math.min(...lines.filter((line) => line.run === runs[at + 1]).map(({ time }) => time));
    return last >= next;
  });
}

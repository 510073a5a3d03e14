import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readStates } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink } from "../support/link.ts";
import { seeded, type Random } from "../support/random.ts";
import { program } from "../support/steward.ts";
import { until } from "../support/until.ts";

const runs = 50;
/** In each so many runs the reader is away until after the end. */
const awayEach = 7;
const lines = 10_000;

/** About a second of output, 410 KB of it, of which an ACK holds 64 KiB. */
const script = `BEGIN {
  for (i = 1; i <= ${lines}; i++) {
    printf "%05d the quick brown fox jumps over it\\n", i
    if (i % 250 == 0) { fflush(); system("sleep 0.02") }
  }
}`;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

it(`a reader whose connection is cut once loses and repeats nothing, ${runs} times`, async () => {
  const seed = Number(process.env["FOLLOW_SEED"] ?? Date.now() % 1_000_000);
  const random = seeded(seed);
  const expected = Array.from({ length: lines }, (_, index) => lineOf(index + 1)).join("");
  const todo = Array.from({ length: runs }, (_, index) => index).values();
  const wrong: string[] = [];
  const work = async (node: string, argv: readonly string[]): Promise<void> => {
    for (const index of todo) {
      const { code, stdout, stderr } = await followOverCut(`f${index}`, node, argv, index % awayEach === 0, random);
      if (code === 0 && stderr === "" && stdout === expected) continue;
      wrong.push(`run ${index}, seed ${seed}: exit ${code}, ${differenceOf(stdout, expected)}, stderr: ${stderr}`);
    }
  };
  const commands = [
    ["exec", "--", "awk", script],
    ["shellCommand", "--", "awk", script],
    ["shell", "--", `awk '${script}'`],
  ];
  await Promise.all(["ship1", "ship2"].flatMap((node) => commands.map((argv) => work(node, argv))));
  expect(wrong).toEqual([]);
});

function lineOf(number: number): string {
  return `${String(number).padStart(5, "0")} the quick brown fox jumps over it\n`;
}

interface Followed {
  readonly code: number | null;
  /** Without the node's name. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Cuts the reader off once it has shown some part of the output, for a while or until after the end. */
async function followOverCut(
  id: string,
  node: string,
  argv: readonly string[],
  untilEnd: boolean,
  random: Random,
): Promise<Followed> {
  await using link = await startLink([fleet.server.url]);
  const child = spawn(process.execPath, [program, "send", node, "--follow", "--id", id, ...argv], {
    env: { PATH: process.env["PATH"], NATS_URL: link.url },
  });
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].on("data", (chunk: Buffer) => output[stream].push(chunk));
  }
  const ended = once(child, "close") as Promise<[number | null]>;
  const shown = (): number => output.stdout.reduce((sum, { length }) => sum + length, 0);
  const cutAt = random(300_000);
  await until(() => shown() > cutAt, 20_000);
  link.cut();
  link.drop();
  if (untilEnd) await until(async () => (await readStates(fleet.nc, id)).includes("succeeded 1"));
  else await delay(random(600));
  link.heal();
  const [code] = await ended;
  const stdout = Buffer.concat(output.stdout).toString().replaceAll(`${node}: `, "");
  return { code, stdout, stderr: Buffer.concat(output.stderr).toString() };
}

function differenceOf(stdout: string, expected: string): string {
  const [seen, wanted] = [stdout.split("\n"), expected.split("\n")];
  const at = wanted.findIndex((line, index) => seen[index] !== line);
  return `${seen.length - 1} lines, the first that differs is ${at + 1}: ${seen[at]}`;
}

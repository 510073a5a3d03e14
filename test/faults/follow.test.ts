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

/** 410 KB of output, of which an ACK holds 64 KiB. */
const lines = 10_000;
const expected = Array.from({ length: lines }, (_, index) => lineOf(index + 1)).join("");

function lineOf(number: number): string {
  return `${String(number).padStart(5, "0")} the quick brown fox jumps over it\n`;
}

/** A program that prints them: over about a second, or as fast as it can. */
function printer(isSlow: boolean): string {
  const pause = isSlow ? `if (i % 250 == 0) { fflush(); system("sleep 0.02") }` : "";
  return `BEGIN { system("sleep 0.1"); for (i = 1; i <= ${lines}; i++) { printf "%05d the quick brown fox jumps over it\\n", i; ${pause} } }`;
}

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

it("50 readers whose connection is cut once, some until after the end, lose and repeat nothing", async () => {
  const wrong = await followAll("slow", 50, (id, random) => {
    const cutAt = random(300_000);
    const isLong = random(7) === 0;
    return {
      begins: ({ shown }) => until(() => shown() > cutAt, 20_000),
      ends: () => (isLong ? ended(id) : delay(random(600))),
    };
  });
  expect(wrong).toEqual([]);
});

it("20 readers that are away while a quick command prints, from before or in the middle until after the end, get all of it", async () => {
  const wrong = await followAll("quick", 20, (id, random) => {
    const ms = random(150);
    return { begins: () => begun(id).then(() => delay(ms)), ends: () => ended(id) };
  });
  expect(wrong).toEqual([]);
});

const begun = (id: string): Promise<void> => until(async () => (await readStates(fleet.nc, id)).length > 0, 20_000);
const ended = (id: string): Promise<void> =>
  until(async () => (await readStates(fleet.nc, id)).includes("succeeded 1"), 20_000);

/** When the reader's connection is cut, and when it heals. */
interface CutPlan {
  readonly begins: (reader: { readonly shown: () => number }) => Promise<unknown>;
  readonly ends: () => Promise<unknown>;
}

/** Follows one command after the other in all lanes of both nodes. Tells what went wrong, with the seed to repeat it. */
async function followAll(name: string, runs: number, plan: (id: string, random: Random) => CutPlan): Promise<string[]> {
  const seed = Number(process.env["FOLLOW_SEED"] ?? Date.now() % 1_000_000);
  const random = seeded(seed);
  const plans = Array.from({ length: runs }, (_, index) => {
    const id = `${name}${index}`;
    return { id, cut: plan(id, random) };
  }).values();
  const wrong: string[] = [];
  const work = async (node: string, argv: readonly string[]): Promise<void> => {
    for (const { id, cut } of plans) {
      const { code, stdout, stderr } = await followOverCut([node, "--id", id, ...argv], cut);
      const shown = stdout.replaceAll(`${node}: `, "");
      if (code === 0 && stderr === "" && shown === expected) continue;
      wrong.push(`${id}, seed ${seed}: exit ${code}, ${differenceIn(shown)}, stderr: ${stderr}`);
    }
  };
  const script = printer(name === "slow");
  const commands = [
    ["exec", "--", "awk", script],
    ["shellCommand", "--", "awk", script],
    ["shell", "--", `awk '${script}'`],
  ];
  await Promise.all(["ship1", "ship2"].flatMap((node) => commands.map((argv) => work(node, argv))));
  return wrong;
}

interface Followed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function followOverCut(args: readonly string[], { begins, ends }: CutPlan): Promise<Followed> {
  await using link = await startLink([fleet.server.url]);
  const child = spawn(process.execPath, [program, "send", "--follow", ...args], {
    env: { PATH: process.env["PATH"], NATS_URL: link.url },
  });
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].on("data", (chunk: Buffer) => output[stream].push(chunk));
  }
  const closed = once(child, "close") as Promise<[number | null]>;
  await begins({ shown: () => output.stdout.reduce((sum, { length }) => sum + length, 0) });
  link.cut();
  link.drop();
  await ends();
  link.heal();
  const [code] = await closed;
  return { code, stdout: Buffer.concat(output.stdout).toString(), stderr: Buffer.concat(output.stderr).toString() };
}

function differenceIn(shown: string): string {
  const [seen, wanted] = [shown.split("\n"), expected.split("\n")];
  const at = wanted.findIndex((line, index) => seen[index] !== line);
  return `${seen.length - 1} lines, the first that differs is ${at + 1}: ${seen[at]}`;
}

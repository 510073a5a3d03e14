import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../../src/protocol/errors.ts";
import { countQueued, untilAnswered } from "../../support/broker-state.ts";
import { until } from "../../support/until.ts";
import { closeHistory, type History, type Recorded } from "./history.ts";
import { nemeses } from "./nemeses/index.ts";
import { planStrikes, type PlannedStrike } from "./plan.ts";
import { setStage, type Stage } from "./stage.ts";
import { runWorkload } from "./workload.ts";
import type { Nemesis } from "./world.ts";

export interface FaultsOptions {
  readonly seed: number;
  /** How long faults are made; what is queued then is still run. */
  readonly minutes: number;
  readonly isCluster: boolean;
  /** The names of the nemeses that strike; all that fit when there is none. */
  readonly only: readonly string[];
  /** Told how it goes. */
  readonly say: (line: string) => void;
}

/** So many messages may wait in the queue; then the senders wait too. */
const mostQueued = 1000;
/** How long one strike may take, in milliseconds. */
const strikeLimit = 180_000;
/** How long the queues may take to run empty at the end, in milliseconds. */
const drainLimit = 120_000;

/** Lets senders, nodes and lanes work while nemeses strike; then, with all well again, lets the queues run empty. */
export async function runFaults(options: FaultsOptions): Promise<History> {
  const { seed, minutes, isCluster, say } = options;
  const chosen = choose(options);
  const kinds = chosen.map(({ name }) => name).join(", ");
  say(`seed ${seed}, ${minutes.toFixed(1)} min, ${isCluster ? "three servers" : "one server"}: ${kinds}`);
  await using stage = await setStage(isCluster);
  const recorded: Recorded = { sent: [], strikes: [], kills: [], surprises: [] };

  const over = new AbortController();
  setMaxListeners(0, over.signal); // Each sender listens to it.
  let queued = 0;
  const room = (): Promise<void> => until(() => queued < mostQueued || over.signal.aborted, Infinity);
  const names = stage.nodes.map(({ name }) => name);
  const working = Promise.all([
    runWorkload({ ...stage, seed, names, recorded, room }, over.signal),
    countOn(stage, over.signal, (count) => (queued = count)),
  ]);
  const progress = setInterval(() => say(`${progressOf(recorded)}, ${queued} in the queue`), 10_000);
  try {
    await strikeOn(options, stage, recorded, planStrikes(seed, chosen));
  } finally {
    over.abort();
    await working;
    clearInterval(progress);
  }
  say("the faults are over; the queues run empty");
  await untilAnswered(stage.nc, drainLimit).catch((error: unknown) => recorded.surprises.push(messageOf(error)));
  await restartEnded(stage, recorded);
  return await closeHistory(recorded, stage.nc, stage.files);
}

function choose({ isCluster, only }: FaultsOptions): Nemesis[] {
  const fitting = nemeses.filter(({ fits }) => fits === "both" || fits === (isCluster ? "cluster" : "server"));
  const known = fitting.map(({ name }) => name);
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`no nemesis "${unknown}" fits here; there are ${known.join(", ")}`);
  return only.length === 0 ? fitting : fitting.filter(({ name }) => only.includes(name));
}

/** Counts what is queued, as long as the broker tells. */
async function countOn({ nc }: Stage, signal: AbortSignal, onCount: (count: number) => void): Promise<void> {
  while (!signal.aborted) {
    await countQueued(nc).then(onCount, () => {});
    await delay(500, undefined, { signal }).catch(() => {});
  }
}

/** Until the time is over, or a fault was not healed. */
async function strikeOn(
  { minutes }: FaultsOptions,
  stage: Stage,
  recorded: Recorded,
  plan: Iterable<PlannedStrike>,
): Promise<void> {
  const end = Date.now() + minutes * 60_000;
  for (const planned of plan) {
    await delay(Math.min(planned.pauseMs, end - Date.now()));
    if (Date.now() >= end || recorded.strikes.at(-1)?.failure !== undefined) return;
    await strike(planned, stage, recorded);
    await restartEnded(stage, recorded);
  }
}

async function strike({ nemesis, random }: PlannedStrike, stage: Stage, { strikes, kills }: Recorded): Promise<void> {
  const from = Date.now();
  const world = { ...stage, random, note: ({ node }: { node: string }) => kills.push({ node, at: Date.now() }) };
  const enough = new AbortController();
  const late = delay(strikeLimit, `not over after ${strikeLimit} ms`, { signal: enough.signal });
  const failure = await Promise.race([nemesis.strike(world), late]).catch(messageOf);
  enough.abort();
  late.catch(() => {});
  strikes.push({ nemesis: nemesis.name, from, to: Date.now(), failure: failure ?? undefined });
}

/** A daemon may end by a kill alone. One that ended by itself is told of, and started again so that the rest goes on. */
async function restartEnded({ nodes }: Stage, { surprises }: Recorded): Promise<void> {
  for (const node of nodes) {
    const code = node.exitCode();
    if (code === null) continue;
    surprises.push(`the daemon of ${node.name} ended by itself with ${code}: ${node.log().slice(-1000)}`);
    await node.restart();
  }
}

function progressOf({ sent, strikes }: Recorded): string {
  const stored = sent.filter(({ outcome }) => outcome === "stored").length;
  return `${sent.length} sent, ${stored} of them known to be stored, ${strikes.length} strikes`;
}

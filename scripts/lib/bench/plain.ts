import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { nodeNames, startLightNodes, type LightNodes } from "../fleet/nodes.ts";
import { senderOf, startFleet, type Fleet, type Sender } from "./fleet.ts";
import { exec, noop } from "./kinds.ts";
import { measureBeside, type CaseBeside } from "./measure.ts";
import { durationOf, residentMiB } from "./process-figures.ts";
import { brokersFor, rowOf, type Row, type Suite, type Turn } from "./result.ts";

/** Small blocks, so that a busy moment of the machine affects all. This many replace one round of other suites. */
const blocksInRound = 4;
const nodes = 50;
/** The fewest rounds of sends to many nodes. */
const fewestToMany = 21;

/** Compared with what many would write themselves, and with bare code that gives Steward's guarantees. */
export const plain: Suite = {
  name: "plain",
  describe: "beside a plain durable consumer, and the floor: programs run, whole sends, many nodes, memory",
  run: async ({ quick, rounds, fsync: wanted, only, profiles }) => {
    const rows: Row[] = [];
    for (const { name: broker, fsync } of brokersFor(wanted)) {
      await using fleet = await startFleet({ fsync, profiles });
      const worker = await fleet.fork("plain-worker");
      const sender = senderOf(await fleet.fork("plain-sender"));
      if (!quick && "memory".includes(only)) rows.push(...(await memoryRows(fleet, worker.pid ?? 0, sender, broker)));
      for (const one of [...messageCases(fleet, sender, fsync), brokerCpu(fleet, sender, fsync)]) {
        if (one.name.includes(only)) rows.push(...(await measureBeside(one, broker, rounds * blocksInRound)));
      }
      if (quick) continue;
      const whole = wholeSend(fleet);
      if (whole.name.includes(only)) rows.push(...(await measureBeside(whole, broker, rounds)));
      if (toMany.includes(only))
        rows.push(...(await fanOutRows(fleet, sender, broker, Math.max(rounds, fewestToMany))));
    }
    return { rows };
  },
};

/** How many commands give a figure of the broker's CPU time, which the system counts in steps of 10 ms. */
const commandsForCpu = 100;

/** The CPU time of the broker for a command, of commands one after the other. */
function brokerCpu(fleet: Fleet, sender: Sender, fsync: boolean): CaseBeside {
  const run = (by: Sender, node: string) => async () => {
    const begun = fleet.brokerCpu();
    await by.ask({ kind: "roundTrip", count: commandsForCpu, inFlight: 1, target: { ...exec, node } });
    return (fleet.brokerCpu() - begun) / commandsForCpu;
  };
  return {
    name: "CPU of the broker for exec echo",
    unit: "ms",
    others: [
      { name: "plain", run: run(sender, "plain"), ...(fsync ? { bound: 1.7 } : {}) },
      { name: "floor", run: run(fleet.floorSender, "floor") },
    ],
    steward: run(fleet.stewardSender, "ship1"),
  };
}

/** The bounds are for a broker as shipped. */
function messageCases(fleet: Fleet, sender: Sender, fsync: boolean): CaseBeside[] {
  const beside = (kind: "roundTrip" | "throughput", count: number, inFlight: number, bound: number) => {
    const run = (by: Sender, node: string) => () => by.ask({ kind, count, inFlight, target: { ...exec, node } });
    return {
      others: [
        { name: "plain", run: run(sender, "plain"), ...(fsync ? { bound } : {}) },
        { name: "floor", run: run(fleet.floorSender, "floor") },
      ],
      steward: run(fleet.stewardSender, "ship1"),
    };
  };
  return [
    { name: "round trip, exec echo", unit: "ms", ...beside("roundTrip", 50, 1, 1.05) },
    { name: "throughput, exec echo", unit: "/s", ...beside("throughput", 150, 150, 0.95) },
  ];
}

/** The time from the start of the process to its end. */
function wholeSend({ url, program }: Fleet): CaseBeside {
  const bundled = (name: string, node: string) => async () =>
    durationOf([join(import.meta.dirname, `${name}.mjs`), url, node, ...exec.data]);
  return {
    name: "whole process, send of exec echo",
    unit: "ms",
    others: [
      { name: "plain", run: bundled("plain-send", "plain") },
      { name: "floor", run: bundled("bare-send", "floor") },
    ],
    steward: async () => durationOf([program, "send", "ship1", "exec", "--", ...exec.data], url),
  };
}

const toMany = `send of exec echo to ${nodes} nodes`;

/** The time until all have ended. The nodes of each kind share a process. */
async function fanOutRows(fleet: Fleet, sender: Sender, broker: string, rounds: number): Promise<Row[]> {
  const kinds = [
    { name: "plain", script: "plain-nodes", prefix: "plain", by: sender },
    { name: "floor", script: "floor-nodes", prefix: "floor", by: fleet.floorSender, bound: 1.15 },
    { name: "Steward", script: "process", prefix: "node", by: fleet.stewardSender },
  ];
  const started: LightNodes[] = [];
  try {
    const turns = [];
    for (const { name, script, prefix, by, bound } of kinds) {
      const names = nodeNames(nodes, prefix);
      started.push(await startLightNodes(join(import.meta.dirname, `${script}.mjs`), fleet.url, names, 1));
      turns.push({
        name,
        ...(bound && { bound }),
        run: () => by.ask({ kind: "fanOut", nodes: names, work: exec, wait: true }),
      });
    }
    const [steward, others] = [turns.pop(), turns];
    if (steward === undefined) return [];
    const rows = await measureBeside({ name: toMany, unit: "ms", others, steward: steward.run }, broker, rounds);
    return [...rows, ...(await measureBeside(await throughClient(fleet), broker, rounds))];
  } finally {
    for (const each of started) await each[Symbol.asyncDispose]();
  }
}

/** One send beside as many as there are nodes, at once on the same connection, to the nodes that run. */
async function throughClient(fleet: Fleet): Promise<CaseBeside> {
  const client = senderOf(await fleet.fork("client-sender"));
  const names = nodeNames(nodes);
  return {
    name: `one send of noop to ${nodes} nodes, through the client`,
    unit: "ms",
    others: [{ name: "single sends", bound: 1, run: () => client.ask({ kind: "singles", nodes: names, work: noop }) }],
    steward: () => client.ask({ kind: "fanOut", nodes: names, work: noop, wait: true }),
  };
}

/** The resident memory some seconds after the start, and after 1,000 programs. */
async function memoryRows(fleet: Fleet, plainPid: number, sender: Sender, broker: string): Promise<Row[]> {
  const agents = [
    { name: "plain", pid: plainPid, node: "plain", sender },
    { name: "floor", pid: fleet.floorWorker.pid ?? 0, node: "floor", sender: fleet.floorSender },
    { name: "Steward", pid: fleet.daemon.pid ?? 0, node: "ship1", sender: fleet.stewardSender },
  ];
  const rows = (name: string): Row[] => {
    const [plainMiB = 0, floorMiB = 0, steward = 0] = agents.map(({ pid }) => residentMiB(pid));
    const turns: [string, Turn][] = [
      ["plain", { floor: plainMiB, steward }],
      ["floor", { floor: floorMiB, steward }],
    ];
    return turns.map(([beside, turn]) => rowOf({ name: `${name}, beside ${beside}`, unit: "MiB", broker }, [turn]));
  };
  await delay(5000);
  const idle = rows("memory, idle");
  for (const { node, sender: by } of agents) {
    await by.ask({ kind: "throughput", count: 1000, inFlight: 1, target: { ...exec, node } });
  }
  return [...idle, ...rows("memory after 1,000 programs")];
}

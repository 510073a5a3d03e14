import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Broker } from "../../../src/broker/connection/broker.ts";
import { Queue } from "../../../src/broker/write/queue.ts";
import { endProcess, environment, startDaemon } from "./daemon.ts";
import { log, ping } from "./kinds.ts";
import type { MemoryBench } from "./memory-idle.ts";
import { residentMiB } from "./process-figures.ts";
import { rowOf, type Plot, type Row } from "./result.ts";
import { messagesFor, untilDrained } from "./work.ts";

/** After this number of messages, a process has reached its normal size. */
const warm = 20_000;
/** How much more than a bare consumer's the resident memory and the heap may grow, in MiB. */
const [residentBound, heapBound] = [20, 5];

/** A process under measurement: the number of its messages, and its memory at that time. */
interface Subject {
  readonly node: string;
  readonly child: ChildProcess;
  readonly resident: (readonly [messages: number, mib: number])[];
  readonly heap: (readonly [messages: number, mib: number])[];
}

/** Commands and events by turns, in parts that the daemon and the bare consumer get one after the other. */
export async function measureGrowth(
  { url, broker, home }: MemoryBench,
  further: number,
): Promise<{ readonly rows: readonly Row[]; readonly plot: Plot }> {
  const selfReport = pathToFileURL(join(import.meta.dirname, "self-report.mjs")).href;
  const execArgv = ["--expose-gc", "--import", selfReport];
  const daemon = await startDaemon({ url, name: "ship1", home, execArgv, ipc: true });
  const bare = fork(join(import.meta.dirname, "floor-worker.mjs"), [url], { env: environment(), execArgv, cwd: home });
  await once(bare, "message");
  const steward: Subject = { node: "ship1", child: daemon, resident: [], heap: [] };
  const floor: Subject = { node: "floor", child: bare, resident: [], heap: [] };
  const part = warm / 4;
  for (let done = 0; done <= warm + further; done += part) {
    for (const subject of [floor, steward]) {
      if (done > 0) await work(broker, subject.node, part);
      subject.resident.push([done, residentMiB(subject.child.pid ?? 0)]);
      // Not more often: a forced collection makes the memory small.
      if (done === warm || done === warm + further) subject.heap.push([done, await heapMiB(subject.child)]);
    }
    process.stderr.write(`– ${done} messages: ${steward.resident.at(-1)?.[1].toFixed(1)} MiB resident\n`);
  }
  await Promise.all([endProcess(daemon), endProcess(bare)]);
  return { rows: rowsOf(floor, steward, further), plot: plotOf(floor, steward) };
}

async function work(broker: Broker, node: string, count: number): Promise<void> {
  const queue = new Queue(broker);
  const batch = 500;
  for (let sent = 0; sent < count; sent += batch) {
    await queue.put(messagesFor(node, batch, ping, log));
    await untilDrained(broker, node);
  }
}

async function heapMiB(child: ChildProcess): Promise<number> {
  child.send("collect");
  const [{ heapMiB: mib }] = (await once(child, "message")) as [{ readonly heapMiB: number }];
  return mib;
}

function rowsOf(floor: Subject, steward: Subject, further: number): Row[] {
  const over = `over ${further.toLocaleString("en")} messages, after the first ${warm.toLocaleString("en")}`;
  const about = { broker: "fsync off", unit: "MiB" } as const;
  const more = growthOf(steward.resident) - growthOf(floor.resident);
  return [
    rowOf({ ...about, name: `memory, growth ${over}` }, [
      { floor: growthOf(floor.resident), steward: growthOf(steward.resident) },
    ]),
    rowOf({ ...about, name: `memory, growth beyond the floor's ${over}`, bound: residentBound }, [{ steward: more }]),
    rowOf({ ...about, name: `memory, growth of the collected heap ${over}`, bound: heapBound }, [
      { steward: growthOf(steward.heap) },
    ]),
  ];
}

function growthOf(points: Subject["resident"]): number {
  const start = points.find(([messages]) => messages === warm)?.[1] ?? Number.NaN;
  return (points.at(-1)?.[1] ?? Number.NaN) - start;
}

function plotOf(floor: Subject, steward: Subject): Plot {
  return {
    title: "Memory over messages",
    x: "messages",
    y: "MiB",
    lines: [
      { name: "floor, resident", points: floor.resident },
      { name: "Steward, resident", points: steward.resident },
      { name: "floor, heap after a collection", points: floor.heap },
      { name: "Steward, heap after a collection", points: steward.heap },
    ],
  };
}

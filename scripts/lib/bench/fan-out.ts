import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Broker } from "../../../src/broker/connection/broker.ts";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { nodeNames, startLightNodes } from "../fleet/nodes.ts";
import { startBroker } from "./broker.ts";
import { endProcess, environment } from "./daemon.ts";
import { senderOf, type Sender } from "./fleet.ts";
import { noop } from "./kinds.ts";
import { measure } from "./measure.ts";
import { brokersFor, type Line, type Row, type Suite } from "./result.ts";
import type { Job } from "./sending.ts";
import { untilAllDrained } from "./work.ts";

/** The numbers of target nodes; as many nodes as the largest number run all the time. */
const sizes = [100, 1000, 2500, 5000];
const bounds: Readonly<Record<number, number>> = { 1000: 1.5 };
/** Two floors and two fleets share the cores. */
const processes = 2;

export const fanOut: Suite = {
  name: "fan-out",
  describe: "one message to each of many nodes: until it is stored, and until all have ended it",
  run: async ({ quick, rounds, fsync: wanted, only }) => {
    const rows: Row[] = [];
    const lines: Line[] = [];
    const asked = sizes.filter((size) => !quick || size <= 1000);
    for (const { name: broker, fsync } of brokersFor(wanted)) {
      await using fleets = await startFleets(Math.max(...asked), fsync);
      for (const [what, wait] of [
        ["stored", false],
        ["all ended", true],
      ] as const) {
        const floor: [number, number][] = [];
        const steward: [number, number][] = [];
        for (const size of asked) {
          const name = `send to ${size} nodes, ${what}`;
          if (!name.includes(only)) continue;
          const job = (prefix: string): Job => ({ kind: "fanOut", nodes: nodeNames(size, prefix), work: noop, wait });
          const row = await measure(
            {
              name,
              unit: "ms",
              ...(bounds[size] === undefined ? {} : { bound: bounds[size] }),
              floor: () => turn(fleets.floor, job("floor")),
              steward: () => turn(fleets.steward, job("node")),
            },
            broker,
            Math.min(rounds, 7),
          );
          rows.push(row);
          floor.push([size, row.floor?.median ?? 0]);
          steward.push([size, row.steward.median]);
        }
        lines.push({ name: `Steward, ${what}, ${broker}`, points: steward });
        lines.push({ name: `floor, ${what}, ${broker}`, points: floor });
      }
    }
    return { rows, plots: [{ title: "Send to many nodes", x: "nodes", y: "ms", lines }] };
  },
};

interface Side {
  readonly broker: Broker;
  readonly sender: Sender;
}

interface Fleets extends AsyncDisposable {
  readonly floor: Side;
  readonly steward: Side;
}

/**
 * One send. It also waits until the broker has handled the acknowledgements, so that the next turn does not pay for
 * them.
 */
async function turn({ broker, sender }: Side, job: Job): Promise<number> {
  const ms = await sender.ask(job);
  await untilAllDrained(broker);
  return ms;
}

/**
 * Simulated nodes and the same number of bare consumers, each on a broker of its own: the cost of an acknowledgement
 * grows with all consumers of the queue.
 */
async function startFleets(size: number, fsync: boolean): Promise<Fleets> {
  const started: (() => Promise<void>)[] = [];
  const end = async (): Promise<void> => {
    for (const one of started.splice(0).toReversed()) await one();
  };
  const use = <T extends AsyncDisposable>(one: T): T => {
    started.push(async () => one[Symbol.asyncDispose]());
    return one;
  };
  const script = (name: string): string => join(import.meta.dirname, `${name}.mjs`);
  const sender = async (name: string, url: string): Promise<Sender> => {
    const child = fork(script(name), [url], { env: environment() });
    started.push(() => endProcess(child));
    await once(child, "message");
    return senderOf(child);
  };
  try {
    const side = async (nodes: string, prefix: string, sends: string): Promise<Side> => {
      const { url } = use(await startBroker(mkdtempSync(join(import.meta.dirname, "fan-out-")), fsync));
      use(await startLightNodes(script(nodes), url, nodeNames(size, prefix), processes));
      const broker = use(await openBroker({ servers: url, namespace: "steward" }, { name: "bench", waitMs: 5000 }));
      return { broker, sender: await sender(sends, url) };
    };
    const floor = await side("floor-nodes", "floor", "floor-sender");
    return { floor, steward: await side("process", "node", "steward-sender"), [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { jetstreamManager, type ConsumerConfig, type JetStreamManager } from "@nats-io/jetstream";
import { connect, nuid, type NatsConnection } from "nats";
import { deliveryPlace } from "../../../src/broker/read/delivery-place.ts";
import { inParallel } from "../../../src/util/in-parallel.ts";
import { nodeNames, startLightNodes } from "../fleet/nodes.ts";
import { startBroker, type BenchBroker } from "./broker.ts";
import { now, type Edition } from "./edition.ts";
import { removeBare } from "./floor-node.ts";
import { residentMiB } from "./process-figures.ts";
import { rowOf, type Row, type Suite, type Unit } from "./result.ts";

const sizes = [1000, 5000, 10_000];
/** The worst allowed figures with the most consumers; removals: the ratio to those beside the fewest. */
const bounds = { made: 40, start: 3, removals: 0.7 };

const stream = "STEWARD_MESSAGES";
/** How many messages are removed for a figure, one of each of this many nodes. */
const removed = 1000;
const removalRounds = 3;
/** As many consumers as are made at once when a fleet starts, and removals that wait for their answers. */
const [madeAtOnce, removedAtOnce] = [20, 100];
const timeout = 60_000;

/** The durable consumers of nodes that are not connected. */
export const consumers: Suite = {
  name: "consumers",
  describe: "up to 10,000 consumers: making them, removals beside them, memory, and the start of the broker",
  run: async ({ quick, fsync, before }) => {
    const rows: Row[] = [];
    const asked = quick ? sizes.slice(0, 1) : sizes;
    for (const edition of fsync === false ? [] : [...(before === undefined ? [] : [before]), now]) {
      await using broker = await startBroker(mkdtempSync(join(import.meta.dirname, "consumers-")), true, edition);
      rows.push(...(await rowsFor(edition, broker, asked)));
    }
    return { rows };
  },
};

async function rowsFor(edition: Edition, broker: BenchBroker, asked: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  const add = (size: number, what: string, unit: Unit, value: number, bound?: number): void => {
    const name = `${size} consumers${edition === now ? "" : ", before"}: ${what}`;
    const bounded = edition === now && size === sizes.at(-1);
    rows.push(rowOf({ name, broker: "fsync on", unit, bound: bounded ? bound : undefined }, [{ steward: value }]));
    process.stderr.write(`– ${name}: ${value.toFixed(1)} ${unit}\n`);
  };
  const config = await configOf(edition, broker.url);
  const rates: number[][] = [];
  let seconds = 0;
  {
    await using nc = await connect({ servers: broker.url });
    const jsm = await jetstreamManager(nc, { timeout });
    for (const [at, size] of asked.entries()) {
      const begun = performance.now();
      await inParallel(nodeNames(size).slice(asked[at - 1] ?? 0), madeAtOnce, (node) => make(jsm, config, node));
      seconds += (performance.now() - begun) / 1000;
      add(size, "made", "s", seconds, bounds.made);
      add(size, "memory of the broker", "MiB", residentMiB(broker.pid));
      const own: number[] = [];
      for (let round = 0; round < removalRounds; round++) own.push(await removalsASecond(nc, jsm));
      rates.push(own);
    }
  }
  const start = await broker.restart("SIGKILL");
  add(asked.at(-1) ?? 0, "start of the broker", "s", start / 1000, bounds.start);
  for (const [at, own] of rates.entries()) {
    const turns = own.map((rate, round) => ({ steward: rate, floor: rates[0]?.[round] ?? rate }));
    const name = `removals beside ${asked[at]} consumers${edition === now ? "" : ", before"}; floor: beside ${asked[0]}`;
    const bound = edition === now && asked[at] === sizes.at(-1) ? bounds.removals : undefined;
    rows.push(rowOf({ name, broker: "fsync on", unit: "/s", bound }, turns));
  }
  return rows;
}

/** What a daemon of this edition makes. */
async function configOf(edition: Edition, url: string): Promise<ConsumerConfig> {
  const model = await startLightNodes(edition.script("process"), url, ["model"], 1);
  await using nc = await connect({ servers: url });
  const { consumers: made } = await jetstreamManager(nc);
  const { config } = await made.info(stream, "model");
  await model[Symbol.asyncDispose]();
  return config;
}

async function make({ consumers: made }: JetStreamManager, config: ConsumerConfig, node: string): Promise<void> {
  const own = { name: node, durable_name: node, filter_subject: `steward.${node}.>` };
  await made.add(stream, { ...config, ...own });
}

/** Has nodes pull a message each, and removes them as a node does: with an acknowledgement only where that removes. */
async function removalsASecond(nc: NatsConnection, { streams }: JetStreamManager): Promise<number> {
  const { retention } = (await streams.info(stream)).config;
  const pulled = await inParallel(nodeNames(removed), removedAtOnce, async (node) => {
    await nc.request(`steward.${node}.command.noop.${nuid.next()}`, "{}", { timeout });
    const pull = JSON.stringify({ batch: 1, expires: timeout * 1e6 });
    // The answer keeps the subject of the message, so that only an inbox of its own receives it.
    return nc.request(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${node}`, pull, { timeout, noMux: true });
  });
  const begun = performance.now();
  await inParallel(pulled, removedAtOnce, async ({ reply = "" }) => {
    if (retention === "workqueue") await nc.request(reply, "", { timeout });
    else await removeBare(nc, deliveryPlace(reply)?.sequence ?? 0);
  });
  return (removed / (performance.now() - begun)) * 1000;
}

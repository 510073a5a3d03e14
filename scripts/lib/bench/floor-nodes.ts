// The floor of many nodes: bare consumers, each on a connection of its own, that do for a message what a node does. Reads
// a `Share` as a line of JSON and says `ready` when all are there, as a process of a simulated fleet does.
import { createInterface } from "node:readline";
import type { JsMsg } from "@nats-io/jetstream";
import { connect } from "nats";
import { inParallel } from "../../../src/util/in-parallel.ts";
import type { Share } from "../fleet/nodes.ts";
import { floorNode, type Addressed } from "./floor-node.ts";
import { spawned } from "./spawned.ts";

const lines: AsyncIterator<string, undefined> = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
process.stdin.on("end", () => process.exit(0));
const { url, names } = JSON.parse((await lines.next()).value ?? "") as Share;

await inParallel(names, 20, serve);
console.log("ready");

async function serve(node: string): Promise<void> {
  const nc = await connect({ servers: url, noAsyncTraces: true, reconnect: false });
  const { consumer, journal, remove } = await floorNode(nc, node);
  const run = async (msg: JsMsg): Promise<void> => {
    const message = msg.json<Addressed & { readonly data: readonly string[] }>();
    const after = await journal(message, 0, { state: "started" });
    const result = message.subject === "exec" ? await spawned(message.data) : {};
    await journal(message, after, { state: "succeeded", finishedAt: new Date().toISOString(), ...result, message });
    await remove(msg.seq);
  };
  await consumer.consume({ max_messages: 1000, callback: (msg) => void run(msg) });
}

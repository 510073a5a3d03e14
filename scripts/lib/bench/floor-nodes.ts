// The floor of many nodes: bare consumers, each on a connection of its own, that do for a message what a node does. Reads
// a `Share` as a line of JSON and says `ready` when all are there, as a process of a simulated fleet does.
import { createInterface } from "node:readline";
import { connect, createInbox, type Msg, type NatsConnection } from "nats";
import { deliveryPlace } from "../../../src/broker/read/delivery-place.ts";
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
  const { journal, remove } = await floorNode(nc, node);
  const run = async (msg: Msg): Promise<void> => {
    const message = msg.json<Addressed & { readonly data: readonly string[] }>();
    const after = await journal(message, 0, { state: "started" });
    const result = message.subject === "exec" ? await spawned(message.data) : {};
    await journal(message, after, { state: "succeeded", finishedAt: new Date().toISOString(), ...result, message });
    await remove(deliveryPlace(msg.reply)?.sequence ?? 0);
  };
  pull(nc, node, (msg) => void run(msg));
}

/** Keeps a request for messages open, as an idle node does: the client's own ones have heartbeats and are repeated sooner. */
function pull(nc: NatsConnection, node: string, deliver: (msg: Msg) => void): void {
  const reply = createInbox();
  const request = JSON.stringify({ batch: 1_000_000, expires: 120e9 });
  const ask = (): void => nc.publish(`$JS.API.CONSUMER.MSG.NEXT.STEWARD_MESSAGES.${node}`, request, { reply });
  // A request that has expired ends with a status.
  nc.subscribe(reply, { callback: (_error, msg) => (deliveryPlace(msg.reply) === undefined ? ask() : deliver(msg)) });
  ask();
}

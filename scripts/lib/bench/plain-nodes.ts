// Many plain durable consumers, each on a connection of its own. Reads a `Share` as a line of JSON and says `ready` when
// all are there, as a process of a simulated fleet does.
import { createInterface } from "node:readline";
import { connect } from "nats";
import { inParallel } from "../../../src/util/in-parallel.ts";
import type { Share } from "../fleet/nodes.ts";
import { plainStreams, servePlain } from "./plain-node.ts";

const lines: AsyncIterator<string, undefined> = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
process.stdin.on("end", () => process.exit(0));
const { url, names } = JSON.parse((await lines.next()).value ?? "") as Share;

await inParallel(names, 20, async (node) => {
  const nc = await connect({ servers: url, noAsyncTraces: true, reconnect: false });
  await plainStreams(nc);
  await servePlain(nc, node);
});
console.log("ready");

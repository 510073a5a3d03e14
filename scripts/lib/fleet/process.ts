// Many daemons in one process, each with a connection of its own and the shipped code; what they log of errors goes to
// stderr. Reads a `Share` as a line of JSON, says `ready` when all are, stops them in order at the line `stop`, and ends
// with its standard input.
import { createInterface } from "node:readline";
import { join } from "node:path";
import { pino } from "pino";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { defineHandler } from "../../../src/handlers/define.ts";
import { NodeDaemon } from "../../../src/node/daemon.ts";
import { nodeDefaults } from "../../../src/node/settings.ts";
import { inParallel } from "../../../src/util/in-parallel.ts";
import type { Share } from "./nodes.ts";

/** How many are started at once: with more, their requests would time out at the broker. */
const startsAtOnce = 20;

const lines: AsyncIterator<string, undefined> = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
process.stdin.on("end", () => process.exit(0));
// A terminal's Ctrl-C reaches this process too, but the fleet's starter stops it in order.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
const { url, names, folder } = JSON.parse((await lines.next()).value ?? "") as Share;
const log = pino({ level: "error" }, pino.destination(2));
const noop = defineHandler({
  messageType: "command",
  subject: "noop",
  describe: "does nothing",
  run: () => undefined,
});

const daemons = await inParallel(names, startsAtOnce, async (name) => {
  const broker = await openBroker({ servers: url, namespace: "steward" }, { name, waitMs: Infinity });
  const settings = { ...nodeDefaults, name, dataDir: join(folder, "data"), handlers: [noop] };
  const daemon = new NodeDaemon(broker, settings, log.child({ node: name }), (error) => {
    log.error(error ?? new Error(`${name} was stopped`));
  });
  await daemon.start();
  return daemon;
});
console.log("ready");

if ((await lines.next()).value === "stop") await Promise.all(daemons.map((daemon) => daemon.stop()));
process.exit(0);

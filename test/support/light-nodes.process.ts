/**
 * Many daemons in one process, each with its own connection and the shipped code, without a process of its own. Given as
 * JSON: the broker's URL, the nodes' names and a folder. Says `ready` when all are, and ends with its standard input.
 */
import { join } from "node:path";
import { pino } from "pino";
import { openBroker } from "../../src/broker/connect.ts";
import { NodeDaemon } from "../../src/node/daemon.ts";
import { nodeDefaults } from "../../src/node/settings.ts";

const { url, names, folder } = JSON.parse(process.argv[2] ?? "") as {
  readonly url: string;
  readonly names: readonly string[];
  readonly folder: string;
};

const log = pino({ level: "error" }, pino.destination(2));
for (const name of names) {
  const dataDir = join(folder, name);
  const broker = await openBroker({ servers: url, namespace: "steward" }, { name, waitMs: Infinity });
  const settings = { ...nodeDefaults, name, dataDir, inbox: join(dataDir, "inmsg.txt") };
  const daemon = new NodeDaemon(broker, settings, log, (error) => {
    throw error ?? new Error(`the daemon of ${name} was stopped`);
  });
  await daemon.start();
}
console.log("ready");
process.stdin.on("end", () => process.exit(0)).resume();

// A node whose event `noop` does nothing, in the daemon itself: what an event costs that may be repeated.
import { pino } from "pino";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { defineHandler } from "../../../src/handlers/define.ts";
import { NodeDaemon } from "../../../src/node/daemon.ts";
import { nodeDefaults } from "../../../src/node/settings.ts";
import { endWithParent } from "./sending.ts";

const name = "ship2";
const noop = defineHandler({
  messageType: "event",
  subject: "noop",
  describe: "does nothing",
  repeatable: true,
  run: () => undefined,
});

const broker = await openBroker({ servers: process.argv[2] ?? "", namespace: "steward" }, { name, waitMs: Infinity });
const settings = { ...nodeDefaults, name, dataDir: name, handlers: [noop] };
const daemon = new NodeDaemon(broker, settings, pino(pino.destination("ship2.log")), (error) => {
  throw error ?? new Error("the daemon was stopped");
});
await daemon.start();
endWithParent();
process.send?.("ready");

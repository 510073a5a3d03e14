import { once } from "node:events";
import { join, resolve } from "node:path";
import { findServer } from "../../broker/server/find.ts";
import { stateFolder } from "../../broker/server/folders.ts";
import type { LogLine } from "../../broker/server/log.ts";
import { superviseServer } from "../../broker/server/supervise.ts";
import { StewardError } from "../../protocol/errors.ts";
import type { Command } from "../command.ts";
import { defineCommand } from "../define-command.ts";
import { asLines, print, printJson } from "../print.ts";
import { stderr } from "../stdio.ts";

export const brokerCommand: Command = defineCommand({
  name: "broker",
  group: "run",
  impact: "writes",
  describe: "run a single broker: a nats-server with JetStream that syncs to disk",
  options: {
    port: { type: "number", describe: "port to listen on; default 4222" },
    host: { type: "string", value: "address", describe: "address to listen on; default 127.0.0.1" },
    "store-dir": {
      type: "string",
      completes: "folder",
      describe: "folder of the streams; default in the user's state folder",
    },
    "nats-server": {
      type: "string",
      completes: "file",
      describe: "the nats-server program; default: found on the PATH, or fetched",
    },
    name: { type: "string", value: "name", describe: "the server's name" },
  },
  examples: [
    ["steward broker", "for programs on this machine"],
    [
      "steward broker --host 0.0.0.0 --store-dir /srv/steward",
      "also for other machines, with the streams in this folder",
    ],
  ],
  run: async (args) => {
    const port = args.port ?? 4222;
    if (port < 1 || port > 65_535)
      throw new StewardError("usage", "--port must be a number from 1 to 65535, such as 4222");
    const host = args.host ?? "127.0.0.1";
    const storeDir = resolve(args["store-dir"] ?? join(stateFolder(process.env), "broker"));

    const log = (line: string): void => stderr.log(asLines([line]));
    const say = (line: string): void => log(`steward broker: ${line}`);
    const { path: binary, version } = await findServer({ path: args["nats-server"], say });
    const quiet = args["log-level"] === "debug" ? [] : ["debug", "info"];
    const onLine = ({ level, text }: LogLine): void => {
      if (!quiet.includes(level)) log(`nats-server: ${text}`);
    };
    await using server = await superviseServer({ binary, host, port, storeDir, name: args.name, say, onLine });
    const { url } = server;
    const ready = `nats-server ${version} is ready at ${url}, store in ${storeDir}`;
    if (args.json) printJson({ url, storeDir, version, binary });
    else print(ready);
    // A second Ctrl-C ends this process at once. The guard of the server then stops the server.
    await Promise.race(["SIGINT", "SIGTERM"].map((signal) => once(process, signal)));
    return 0;
  },
});

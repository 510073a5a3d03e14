import { execFile, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { connect } from "nats";
import { expect, test } from "vitest";
import { checkTopology } from "../../src/broker/topology/apply.ts";
import { startServer } from "../support/nats-server.ts";

const natsCliIsThere = spawnSync("nats", ["--version"]).status === 0;
const folder = fileURLToPath(new URL("../../streams/", import.meta.url));

test.skipIf(!natsCliIsThere)(
  "`nats stream add --config` creates the same stream from every file as `steward init` (needs the nats CLI on PATH)",
  async () => {
    await using server = await startServer();
    const nats = async (...args: readonly string[]): Promise<string> =>
      (await promisify(execFile)("nats", ["--server", server.url, ...args])).stdout;
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
      await nats("stream", "add", "--config", `${folder}${file}`);
    }
    const nc = await connect({ servers: server.url });
    const { streams } = await checkTopology(nc, { namespace: "steward", replicas: 1, archive: 365 * 86_400_000 });
    await nc.close();
    expect(streams.map(({ kind }) => kind)).toEqual(Array(8).fill("ok"));
    expect((await nats("kv", "ls", "--names")).trim().split("\n")).toEqual([
      "STEWARD_GROUPS",
      "STEWARD_NODES",
      "STEWARD_PRESENCE",
    ]);
    expect((await nats("object", "ls", "--names")).trim().split("\n")).toEqual(["STEWARD_FILES"]);
  },
);

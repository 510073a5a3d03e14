import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { expect, test } from "vitest";
import { startCluster, startServer } from "../support/nats-server.ts";
import { until } from "../support/until.ts";

test("a killed server comes back on its port with its streams", async () => {
  await using server = await startServer({ syncAlways: true });
  await addStream(server.url, 1);
  const { pid, port } = server;
  await server.kill();
  await server.restart();
  expect(server.port).toBe(port);
  expect(server.pid).not.toBe(pid);
  expect(await streamNames(server.url)).toEqual(["KEPT"]);
});

test("a cluster of three places a stream on all of them and survives the restart of one", async () => {
  await using cluster = await startCluster(3);
  // The leader may not have heard of all servers yet, and then finds no place.
  const isPlaced = (): Promise<boolean> =>
    addStream(cluster.urls[0]!, 3).then(
      () => true,
      (error: unknown) => {
        if (String(error).includes("peer offline")) return false;
        throw error;
      },
    );
  await until(isPlaced);
  await cluster.servers[1]!.kill();
  await cluster.restart(1);
  expect(await streamNames(cluster.urls[1]!)).toEqual(["KEPT"]);
}, 60_000);

async function addStream(url: string, replicas: number): Promise<void> {
  const connection = await connect({ servers: url });
  await (await jetstreamManager(connection)).streams.add({ name: "KEPT", subjects: ["kept"], num_replicas: replicas });
  await connection.close();
}

async function streamNames(url: string): Promise<string[]> {
  const connection = await connect({ servers: url });
  const names = await (await jetstreamManager(connection)).streams.names().next();
  await connection.close();
  return names;
}

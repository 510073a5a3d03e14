import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { expect, test } from "vitest";
import { readStream, untilConnected } from "../support/broker-state.ts";
import { serverNamed, startCluster, startServer, type TestCluster } from "../support/nats-server.ts";
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
  await placeStream(cluster);
  await cluster.servers[1]!.kill();
  await cluster.restart(1);
  expect(await streamNames(cluster.urls[1]!)).toEqual(["KEPT"]);
}, 60_000);

test("all stored messages of a cluster are read, although one of its servers lags", async () => {
  await using cluster = await startCluster(3);
  const nc = await connect({ servers: [...cluster.urls], maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  await placeStream(cluster);
  const manager = await jetstreamManager(nc, { checkAPI: false });
  for (const total of [2000, 4000]) {
    const { leader } = (await manager.streams.info("KEPT")).cluster!;
    const behind = cluster.servers.findIndex((server) => server !== serverNamed(cluster.servers, leader));
    await cluster.servers[behind]!.kill();
    await untilConnected(nc);
    for (let count = 0; count < 2000; count++) nc.publish("kept", "x".repeat(1000));
    await until(async () => (await manager.streams.info("KEPT")).state.messages === total);
    await cluster.restart(behind);
    for (let count = 0; count < 10; count++) expect(await readStream(nc, "KEPT")).toHaveLength(total);
  }
  await nc.close();
}, 60_000);

/** Adds a stream on all three servers; the leader may not have heard of all of them yet, and then finds no place. */
async function placeStream(cluster: TestCluster): Promise<void> {
  const isPlaced = (): Promise<boolean> =>
    addStream(cluster.urls[0]!, 3).then(
      () => true,
      (error: unknown) => {
        if (String(error).includes("peer offline")) return false;
        throw error;
      },
    );
  await until(isPlaced);
}

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

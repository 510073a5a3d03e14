import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyTopology, checkTopology } from "../../src/broker/topology/apply.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";

let cluster: TestCluster;
let nc: NatsConnection;

beforeAll(async () => {
  cluster = await startCluster(3);
  nc = await connect({ servers: [...cluster.urls] });
}, 60_000);

afterAll(async () => {
  await nc.close();
  await cluster[Symbol.asyncDispose]();
});

test("two applies at once, of which the cluster loses its majority meanwhile, give three replicas of each", async () => {
  await Promise.all(cluster.servers.slice(1).map((server) => server.kill()));
  const applying = Promise.all([1, 2].map(() => applyTopology(nc, { namespace: "steward", replicas: 3 })));
  await Promise.all([applying, cluster.restart(1), cluster.restart(2)]);
  const { streams } = await checkTopology(nc, { namespace: "steward", replicas: 3 });
  expect(streams).toHaveLength(7);
  for (const { stream, kind } of streams) {
    const { config } = await (await jetstreamManager(nc)).streams.info(stream);
    expect([stream, kind, config.num_replicas]).toEqual([stream, "ok", 3]);
  }
}, 60_000);

test("more replicas than the cluster has servers are refused, after waiting for more servers", async () => {
  await expect(applyTopology(nc, { namespace: "larger", replicas: 5 })).rejects.toThrow("cannot have 5 replicas");
}, 60_000);

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connect, type NatsConnection } from "nats";
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { aMessage, putMessage, readAcks, untilAnswered, watchdogLimit } from "../support/broker-state.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { startNode, type TestNode } from "../support/steward.ts";

let cluster: TestCluster;
let nc: NatsConnection;
let ship1: TestNode;
beforeAll(async () => {
  cluster = await startCluster(3);
  nc = await connect({ servers: [...cluster.urls] });
  await applyTopology(nc, { namespace: "steward", replicas: 3 });
  ship1 = await startNode(cluster.urls.join(","), "ship1");
}, 60_000);
afterAll(async () => {
  await ship1[Symbol.asyncDispose]();
  await nc.close();
  await cluster[Symbol.asyncDispose]();
});

it("C5: on a cluster too, whose replicas may lag, a copy of an event is not delivered again", async () => {
  const ids = Array.from({ length: 1000 }, (_, number) => `e${number}`);
  for (const id of ids) {
    const event = aMessage({ id, messageType: "event", subject: "log", data: [id] });
    await Promise.all([putMessage(nc, event), putMessage(nc, event)]);
  }
  await untilAnswered(nc, watchdogLimit);
  const lines = (await readFile(join(ship1.dataDir, "log", "test.log"), "utf8")).trimEnd().split("\n");
  expect(lines).toEqual(ids);
  expect((await readAcks(nc)).map(({ id, state }) => `${id} ${state}`)).toEqual(ids.map((id) => `${id} succeeded`));
});

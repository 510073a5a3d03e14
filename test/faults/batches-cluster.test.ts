import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { Queue } from "../../src/broker/write/queue.ts";
import type { Message } from "../../src/protocol/message.ts";
import { aMessage } from "../support/broker-state.ts";
import { serverNamed, startCluster, type TestCluster } from "../support/nats-server.ts";
import { until } from "../support/until.ts";

const queue = "STEWARD_MESSAGES";

let cluster: TestCluster;
let broker: Broker;
let manager: JetStreamManager;
beforeAll(async () => {
  cluster = await startCluster(3);
  broker = await openBroker(
    { servers: cluster.urls.join(","), namespace: "steward" },
    { name: "test", waitMs: 20_000 },
  );
  await applyTopology(broker.nc, { namespace: "steward", replicas: 3 });
  manager = await jetstreamManager(broker.nc, { checkAPI: false });
}, 60_000);
afterAll(async () => {
  await broker.close();
  await cluster[Symbol.asyncDispose]();
});

const toFleet = (id: string): Message[] =>
  Array.from({ length: 5000 }, (_, number) => aMessage({ id, node: `far${number}` }));

it("five batches that are committed in one go are stored whole on three servers", async () => {
  await new Queue(broker).put(toFleet("calm"));
  expect(await stored("calm")).toEqual({ messages: 5000, subjects: 5000 });
});

it("and each message once, when the server that leads is killed meanwhile", async () => {
  const putting = new Queue(broker).put(toFleet("kill"));
  const { cluster: led } = await manager.streams.info(queue);
  const leader = serverNamed(cluster.servers, led?.leader)!;
  await until(async () => (await stored("kill")).messages > 0);
  await leader.kill();
  await putting;
  expect(await stored("kill")).toEqual({ messages: 5000, subjects: 5000 });
  await cluster.restart(cluster.servers.indexOf(leader));
}, 120_000);

async function stored(id: string): Promise<{ messages: number; subjects: number }> {
  const ask = () => manager.streams.info(queue, { subjects_filter: `steward.*.*.*.${id}` });
  const { state } = await broker.untilAnswered(ask);
  const counts = Object.values(state.subjects ?? {});
  return { messages: counts.reduce((sum, count) => sum + count, 0), subjects: counts.length };
}

import { jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { moveQueue } from "../../src/broker/move/move-queue.ts";
import { lookAtMove } from "../../src/broker/move/next-step.ts";
import { applyTopology, checkTopology } from "../../src/broker/topology/apply.ts";
import { Queue } from "../../src/broker/write/queue.ts";
import { keyOf } from "../../src/protocol/subjects.ts";
import { messageByHand } from "../support/by-hand.ts";
import { fillQueue, queued } from "../support/full-queue.ts";
import { startCluster, startServer } from "../support/nats-server.ts";
import { applyOldTopology, storeMessage, storeSchedule } from "../support/old-queue.ts";
import { until } from "../support/until.ts";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

async function oldFleet(url: string, replicas?: number): Promise<Broker> {
  const broker = await openBroker({ servers: url, namespace: "steward" }, { name: "test", waitMs: 5000 });
  opened.push(broker);
  await applyOldTopology(broker.nc, replicas);
  return broker;
}

async function streamState(broker: Broker): Promise<{ messages: number; first: number }> {
  const { state } = await (await jetstreamManager(broker.nc)).streams.info("STEWARD_MESSAGES");
  return { messages: state.messages, first: state.first_seq };
}

const quiet = { say: () => {} };

test("a firing that has ended does not come again, also after a restart and a kill of the broker", async () => {
  const server = await startServer();
  opened.push(server);
  const broker = await oldFleet(server.url);
  await storeSchedule(broker.nc, { id: "monthly", subject: "noop" }, "3600s");
  await until(async () => (await queued(broker)).length === 1);
  await (await jetstreamManager(broker.nc)).streams.purge("STEWARD_MESSAGES");
  expect(await moveQueue(broker, quiet)).toEqual({ messages: 0 });
  const restarts = [async () => {}, () => server.restart(), () => server.kill().then(() => server.restart())];
  for (const restart of restarts) {
    await restart();
    await delay(2000);
    expect((await streamState(broker)).messages).toBe(0);
  }
  await storeSchedule(broker.nc, { id: "later", subject: "noop" }, "3600s");
  await until(async () => (await queued(broker)).length === 1);
});

test("a firing that comes during the move is not lost, and has the same id twice at most", async () => {
  const server = await startServer();
  opened.push(server);
  const broker = await oldFleet(server.url);
  const fired: string[] = [];
  const before = async (step: string): Promise<void> => {
    fired.push(step);
    await storeSchedule(broker.nc, { id: `at-${step}`, subject: "noop" }, "3600s");
    await delay(100);
  };
  await moveQueue(broker, { ...quiet, before });
  await until(
    async () => new Set((await queued(broker)).map(({ id }) => id.split("_")[0])).size === new Set(fired).size,
  );
});

test("the new queue has a higher sequence, the operator's limits and placing, and knows what was sent before", async () => {
  const server = await startServer();
  opened.push(server);
  const broker = await oldFleet(server.url);
  const { streams } = await jetstreamManager(broker.nc);
  await storeMessage(broker.nc, { id: "a" });
  const { state: full } = await streams.info("STEWARD_MESSAGES");
  const own = { max_bytes: full.bytes, compression: "s2", metadata: { owner: "ops" } };
  await streams.update("STEWARD_MESSAGES", { ...own, deny_delete: true, max_age: 3600e9 } as Partial<StreamConfig>);
  expect(await moveQueue(broker, quiet)).toEqual({ messages: 1 });
  expect(await moveQueue(broker, quiet)).toBeUndefined();
  const { config, state } = await streams.info("STEWARD_MESSAGES");
  expect(config).toMatchObject({ ...own, deny_delete: false, max_age: 0 });
  expect(Object.keys(config.metadata ?? {}).filter((name) => name.startsWith("steward-"))).toEqual([]);
  expect(state.first_seq).toBeGreaterThan(Date.now() - 60_000);
  expect(await storeMessage(broker.nc, { id: "a" })).toMatchObject({ duplicate: true });
});

test("a send waits while the queue is deleted and not created again", async () => {
  const server = await startServer();
  opened.push(server);
  const broker = await oldFleet(server.url);
  let sent: Promise<void> | undefined;
  const before = async (step: string): Promise<void> => {
    if (step !== "replace" || (await lookAtMove(broker)).queue !== undefined) return;
    sent = new Queue(broker).send([messageByHand({ subject: "noop" })]);
    await Promise.race([sent, delay(2000)]);
  };
  await moveQueue(broker, { ...quiet, before });
  await sent;
  expect(await queued(broker)).toHaveLength(1);
});

test("a queue that somebody creates while the old one is deleted gets the messages too", async () => {
  const server = await startServer();
  opened.push(server);
  const broker = await oldFleet(server.url);
  await storeMessage(broker.nc, { id: "a", subject: "noop" });
  const before = async (step: string): Promise<void> => {
    if (step !== "replace" || (await lookAtMove(broker)).queue !== undefined) return;
    await applyTopology(broker.nc, { namespace: "steward" });
    await storeMessage(broker.nc, { id: "b", subject: "noop" });
  };
  expect(await moveQueue(broker, { ...quiet, before })).toEqual({ messages: 1 });
  expect((await queued(broker)).map(({ id }) => id)).toEqual(["b", "a"]);
  const { streams } = await checkTopology(broker.nc, { namespace: "steward" });
  expect(streams.filter(({ kind }) => kind !== "ok")).toEqual([]);
});

test("a message twice in the old queue is once in the new one, and a text with a wildcard is left out", async () => {
  const server = await startServer();
  opened.push(server);
  const broker = await oldFleet(server.url);
  for (const id of ["a", "b", "a", "c", ">"])
    await broker.nc.request(`steward.ship1.command.noop.${id}`, `{"id":"${id}"}`);
  await moveQueue(broker, quiet);
  expect((await queued(broker)).map(({ id }) => id)).toEqual(["a", "b", "c"]);
});

test("on a cluster, the new queue has as many replicas as the old one", async () => {
  const cluster = await startCluster(3);
  opened.push(cluster);
  const broker = await oldFleet(cluster.urls.join(","), 3);
  const { messages } = await fillQueue(broker, 5, 40);
  await moveQueue(broker, quiet);
  const { streams } = await checkTopology(broker.nc, { namespace: "steward", replicas: 3 });
  expect(streams.filter(({ kind }) => kind !== "ok")).toEqual([]);
  await until(async () => (await queued(broker)).length === messages.length);
  expect((await queued(broker)).map(keyOf)).toEqual(messages.map(keyOf));
}, 60_000);

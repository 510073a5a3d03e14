import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "nats";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { send } from "../../src/send/send.ts";
import { aMessage, finalsById, readAcks, untilAnswered, watchdogLimit } from "../support/broker-state.ts";
import { serverNamed, startCluster, type TestCluster, type TestServer } from "../support/nats-server.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

const total = 300;

let cluster: TestCluster;
let nc: NatsConnection;
let ship1: TestNode;
beforeEach(async () => {
  cluster = await startCluster(3);
  nc = await connect({ servers: [...cluster.urls], maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  await applyTopology(nc, { namespace: "steward", replicas: 3 });
  ship1 = await startNode(cluster.urls.join(","), "ship1");
}, 60_000);
afterEach(async () => {
  await ship1[Symbol.asyncDispose]();
  await nc.close();
  await cluster[Symbol.asyncDispose]();
});

it.each(["STEWARD_MESSAGES", "STEWARD_ACKS"])(
  "S2, S13: with the leader of %s killed during 300 sends each that succeeded ends once, in order",
  async (stream) => {
    await using broker = await openBroker(
      { servers: cluster.urls.join(","), namespace: "steward" },
      { name: "sender", waitMs: 30_000 },
    );
    const stored: string[] = [];
    const ids = Array.from({ length: total }, (_, number) => `m${number}`);
    const sending = (async () => {
      for (const id of ids) {
        await send(broker, [aMessage({ id })], { waitMs: 0 });
        stored.push(id);
      }
    })();
    await until(() => stored.length >= total / 3, 60_000);
    const killed = await leaderOf(stream);
    await killed.kill();
    expect(stored.length).toBeLessThan(total);
    await sending;
    await cluster.restart(cluster.servers.indexOf(killed));
    await untilAnswered(nc, watchdogLimit);

    expect(stored).toEqual(ids);
    const acks = await readAcks(nc);
    const finals = finalsById(acks);
    expect(ids.map((id) => finals.get(id)?.map(({ state }) => state))).toEqual(ids.map(() => ["succeeded"]));
    const inState = (wanted: string): string[] => acks.filter(({ state }) => state === wanted).map(({ id }) => id);
    expect(inState("started")).toEqual(ids);
    expect(inState("succeeded")).toEqual(ids);
    expect(acks).toHaveLength(2 * total);
  },
);

/** The server that leads a stream. */
async function leaderOf(stream: string): Promise<TestServer> {
  const manager = await jetstreamManager(nc, { checkAPI: false });
  const leader = (await manager.streams.info(stream)).cluster?.leader;
  const server = serverNamed(cluster.servers, leader);
  if (server === undefined) throw new Error(`${stream} has no leader: ${leader}`);
  return server;
}

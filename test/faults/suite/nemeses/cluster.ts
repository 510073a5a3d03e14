import { setTimeout as delay } from "node:timers/promises";
import type { ClusterInfo, JetStreamManager } from "@nats-io/jetstream";
import { serverNamed, type TestServer } from "../../../support/nats-server.ts";
import { pick } from "../../../support/random.ts";
import { until } from "../../../support/until.ts";
import type { Nemesis, World } from "../world.ts";
import { asked } from "./asked.ts";

const streams = ["STEWARD_MESSAGES", "STEWARD_ACKS", "KV_STEWARD_NODES", "KV_STEWARD_PRESENCE"];

export const streamLeaderKilled: Nemesis = {
  name: "leader of a stream killed",
  fits: "cluster",
  strike: async (world) => {
    const stream = pick(world.random, streams);
    await killLeader(world, async (manager) => (await manager.streams.info(stream)).cluster);
  },
};

/** A consumer has one replica, so it is away with its server. */
export const consumerServerKilled: Nemesis = {
  name: "server of a node's consumer killed",
  fits: "cluster",
  strike: async (world) => {
    const { name } = pick(world.random, world.nodes);
    await killLeader(world, async (manager) => (await manager.consumers.info("STEWARD_MESSAGES", name)).cluster);
  },
};

/** Long enough for the majority to elect leaders, so that those of the minority are leaders no more when they return. */
export const minorityPartitioned: Nemesis = {
  name: "minority partitioned",
  fits: "cluster",
  strike: async ({ random, servers }) => {
    const { routes } = pick(random, servers);
    if (routes.length === 0) throw new Error("only a separable cluster can be partitioned");
    for (const route of routes) route.cut();
    try {
      await delay(10_000 + random(4000));
    } finally {
      for (const route of routes) route.heal();
    }
  },
};

/** As an operator does it: the next server once the former has caught up. */
export const rollingRestart: Nemesis = {
  name: "rolling restart",
  fits: "cluster",
  strike: async (world) => {
    for (const server of world.servers) {
      await server.restart();
      await untilCaughtUp(world);
    }
  },
};

type ClusterOf = (manager: JetStreamManager) => Promise<ClusterInfo | undefined>;

async function killLeader(world: World, clusterOf: ClusterOf): Promise<void> {
  const server = await leaderOf(world, clusterOf);
  await server.kill();
  await delay(world.random(4000));
  await server.restart();
  await untilCaughtUp(world);
}

/** While a leader is being elected, nobody tells who it is. */
async function leaderOf(world: World, clusterOf: ClusterOf): Promise<TestServer> {
  const found: TestServer[] = [];
  const isFound = async (): Promise<boolean> => {
    const leader = await asked(world, async (manager) => (await clusterOf(manager))?.leader).catch(() => undefined);
    const server = leader && serverNamed(world.servers, leader);
    return server ? found.push(server) > 0 : false;
  };
  await until(isFound, 30_000, "a server leads");
  return found[0]!;
}

/** Waits until each stream has a leader and followers that have all it has. */
async function untilCaughtUp(world: World): Promise<void> {
  await until(
    () =>
      asked(world, async (manager) => {
        const infos = await Promise.all(streams.map((stream) => manager.streams.info(stream)));
        return infos.every(({ cluster }) => cluster?.leader && cluster.replicas?.every(({ current }) => current));
      }).catch(() => false),
    60_000,
    "the streams of the cluster have caught up",
  );
}

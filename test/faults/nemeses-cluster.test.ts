import { jetstreamManager, type ClusterInfo } from "@nats-io/jetstream";
import { connect } from "nats";
import { afterAll, beforeAll, expect, it } from "vitest";
import { putByHand } from "../support/broker-state.ts";
import { until } from "../support/until.ts";
import { diskFull } from "./suite/nemeses/broker.ts";
import {
  consumerServerKilled,
  minorityPartitioned,
  rollingRestart,
  streamLeaderKilled,
} from "./suite/nemeses/cluster.ts";
import { setStage, type Stage } from "./suite/stage.ts";
import { struck } from "./suite/struck.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage(true);
}, 60_000);
afterAll(async () => stage[Symbol.asyncDispose]());

const pids = (): number[] => stage.servers.map(({ pid }) => pid);

it("leader of a stream killed: the one that led is another process then", async () => {
  const { streams } = await jetstreamManager(stage.nc);
  const [led, ...others] = ledFirst((await streams.info("STEWARD_MESSAGES")).cluster);
  await struck(stage, streamLeaderKilled);
  expect(pids()).not.toContain(led);
  expect(pids()).toEqual(expect.arrayContaining(others));
});

it("server of a node's consumer killed: that server is another process then", async () => {
  const { consumers } = await jetstreamManager(stage.nc);
  const [led, ...others] = ledFirst((await consumers.info("STEWARD_MESSAGES", stage.nodes[0]!.name)).cluster);
  await struck(stage, consumerServerKilled);
  expect(pids()).not.toContain(led);
  expect(pids()).toEqual(expect.arrayContaining(others));
});

it("minority partitioned: it stores nothing meanwhile", async () => {
  const [server] = stage.servers;
  const alone = await connect({ servers: server!.url });
  const isRefused = (): Promise<boolean> =>
    putByHand(alone, "$KV.STEWARD_PRESENCE.probe", "").then(
      () => false,
      () => true,
    );
  await Promise.all([struck(stage, minorityPartitioned), until(isRefused, 10_000)]);
  await until(async () => !(await isRefused()));
  await alone.close();
});

// The cluster's stores have no disk of their own, so no file of the server may grow.
it("disk full: the server is another process then", async () => {
  const [first, ...others] = pids();
  await struck(stage, diskFull);
  expect(pids()).not.toContain(first);
  expect(pids()).toEqual(expect.arrayContaining(others));
});

it("rolling restart: all servers are other processes then", async () => {
  const before = pids();
  await struck(stage, rollingRestart);
  expect(pids().filter((pid) => before.includes(pid))).toEqual([]);
});

/** The processes of the cluster, first the one that leads. */
function ledFirst(cluster: ClusterInfo | undefined): number[] {
  const at = Number(cluster?.leader?.split("-")[1]) - 1;
  return [...pids().slice(at), ...pids().slice(0, at)];
}

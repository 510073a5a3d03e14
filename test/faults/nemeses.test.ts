import { afterAll, beforeAll, expect, it } from "vitest";
import { isFinal } from "../../src/protocol/ack.ts";
import { brokerKilled, brokerStopped, diskFull } from "./suite/nemeses/broker.ts";
import { consumerDeleted } from "./suite/nemeses/consumer.ts";
import { clockWrong, daemonKilled, daemonRestarted, daemonStopped } from "./suite/nemeses/daemon.ts";
import * as link from "./suite/nemeses/link.ts";
import { setStage, type Stage } from "./suite/stage.ts";
import { struck } from "./suite/struck.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage(false);
});
afterAll(async () => stage[Symbol.asyncDispose]());

it.each([
  { nemesis: daemonStopped, silence: 1000 },
  { nemesis: brokerStopped, silence: 1000 },
  { nemesis: diskFull, silence: 1000 },
  { nemesis: link.linkCut, silence: 1000 },
  { nemesis: link.linkCutUpwards, silence: 1000 },
  { nemesis: link.linkCutDownwards, silence: 1000 },
  { nemesis: link.connectionHalfOpen, silence: 1000 },
  // The answer to one publish.
  { nemesis: link.linkSlow, silence: 800 },
])("$nemesis.name: nothing ends for $silence ms, and then everything does", async ({ nemesis, silence }) => {
  const { longestSilence, reported } = await struck(stage, nemesis);
  expect(longestSilence).toBeGreaterThanOrEqual(silence - 50);
  expect(reported).toEqual([]);
});

it("daemon killed: another process goes on, and the history has the kill", async () => {
  const [node] = stage.nodes;
  const before = node!.pid;
  expect((await struck(stage, daemonKilled)).reported).toEqual([{ kind: "daemonKilled", node: node!.name }]);
  expect(node!.pid).not.toBe(before);
});

it("daemon restarted in order: another process goes on, and nothing has run twice", async () => {
  const [node] = stage.nodes;
  const before = node!.pid;
  const { acks, reported } = await struck(stage, daemonRestarted);
  expect(node!.pid).not.toBe(before);
  expect(reported).toEqual([]);
  expect(acks.filter(({ attempt }) => attempt > 1)).toEqual([]);
});

it("clock ten minutes wrong: the node's times are, for a while", async () => {
  const { acks } = await struck(stage, clockWrong);
  const wrong = acks.filter(({ finishedAt }) => Date.parse(finishedAt ?? "") < Date.now() - 500_000);
  expect(wrong.length).toBeGreaterThan(10);
  expect(wrong.length).toBeLessThan(acks.filter(isFinal).length);
});

it("broker killed: another process goes on", async () => {
  const [server] = stage.servers;
  const before = server!.pid;
  await struck(stage, brokerKilled);
  expect(server!.pid).not.toBe(before);
});

it("consumer of a node deleted: the daemon makes it again, and nothing runs twice", async () => {
  const [node] = stage.nodes;
  const { acks } = await struck(stage, consumerDeleted);
  expect(node!.log()).toContain('"reason":"consumerGone"');
  expect(acks.filter(({ attempt }) => attempt > 1)).toEqual([]);
});

it("connection dropped: the daemon connects again", async () => {
  const [node] = stage.nodes;
  const reconnects = (): number => node!.log().split("reconnected to the broker").length;
  const before = reconnects();
  await struck(stage, link.connectionDropped);
  expect(reconnects()).toBe(before + 1);
});

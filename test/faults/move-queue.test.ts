// Attacks: a message in the queue is never lost, ends once, and an at-most-once message does not run twice, when the queue
// of an older version is moved and the move is killed at any point.
import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { moveQueue } from "../../src/broker/move/move-queue.ts";
import type { Step } from "../../src/broker/move/next-step.ts";
import { checkTopology } from "../../src/broker/topology/apply.ts";
import { keyOf } from "../../src/protocol/subjects.ts";
import { fillQueue, journals, queued, type FullQueue } from "../support/full-queue.ts";
import { startLightNodes } from "../support/light-nodes.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";
import { applyOldTopology } from "../support/old-queue.ts";
import { until } from "../support/until.ts";

let server: TestServer;
let broker: Broker;
beforeEach(async () => {
  server = await startServer();
  broker = await openBroker({ servers: server.url, namespace: "steward" }, { name: "test", waitMs: 5000 });
  await applyOldTopology(broker.nc);
});
afterEach(async () => {
  await broker.close();
  await server.stop();
});

const killed = new Error("killed");

test("the move may end before each step and after each part of a copy, and be repeated", async () => {
  const full = await fillQueue(broker, 50, 22);
  // Each life ends at the first place at which none has ended before.
  const places = new Set<string>();
  for (let isOver = false; !isOver;) {
    const calls: Partial<Record<Step, number>> = {};
    const before = (step: Step): void => {
      const place = `${step} ${(calls[step] = (calls[step] ?? 0) + 1)}`;
      if (places.has(place)) return;
      places.add(place);
      throw killed;
    };
    isOver = await moveQueue(broker, { say: () => {}, before, standstillMs: 0 }).then(
      () => true,
      (error: unknown) => {
        if (error !== killed) throw error;
        return false;
      },
    );
  }
  expect([...places].toSorted()).toMatchInlineSnapshot(`
    [
      "clear 1",
      "copyAway 1",
      "copyAway 2",
      "copyBack 1",
      "copyBack 2",
      "open 1",
      "prepare 1",
      "replace 1",
      "replace 2",
      "retire 1",
      "settle 1",
    ]
  `);
  await expectMoved(full);
  await expectEnds(full);
}, 120_000);

/** The queue is new, and has all messages in the order of before. */
async function expectMoved({ messages }: FullQueue): Promise<void> {
  const { streams } = await checkTopology(broker.nc, { namespace: "steward" });
  expect(streams.filter(({ kind }) => kind !== "ok")).toEqual([]);
  expect(await (await jetstreamManager(broker.nc)).streams.names().next()).not.toContain("STEWARD_MESSAGES_MOVING");
  expect((await queued(broker)).map(keyOf)).toEqual(messages.map(keyOf));
}

/** Starts daemons, which end all messages. Each message ends once, in order, and none runs twice that must not. */
async function expectEnds({ nodes, messages, begun }: FullQueue): Promise<void> {
  await using daemons = await startLightNodes(server.url, nodes, 2);
  expect(daemons).toBeDefined();
  await until(async () => (await queued(broker)).length === 0, 60_000, "the queue is not empty");
  const found = await journals(broker);
  for (const message of messages) {
    const key = keyOf(message);
    const wasBegun = begun.has(key);
    const isAtMostOnce = message.delivery === "atMostOnce";
    const expected = wasBegun
      ? isAtMostOnce
        ? ["started", "interrupted"]
        : ["started", "started", "succeeded"]
      : ["started", "succeeded"];
    expect([key, found.get(key)]).toEqual([key, expected]);
  }
  expect(found.size).toBe(messages.length);
}

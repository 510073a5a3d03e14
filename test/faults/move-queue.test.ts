// Attacks: a message in the queue is never lost, ends once, and an at-most-once message does not run twice, when the queue
// of an older version is moved and the move is killed at any point.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { jetstreamManager } from "@nats-io/jetstream";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { moveQueue } from "../../src/broker/move/move-queue.ts";
import { lookAtMove, type Step } from "../../src/broker/move/next-step.ts";
import { checkTopology } from "../../src/broker/topology/apply.ts";
import { Queue } from "../../src/broker/write/queue.ts";
import { StewardError } from "../../src/protocol/errors.ts";
import type { Message } from "../../src/protocol/message.ts";
import { keyOf } from "../../src/protocol/subjects.ts";
import { messageByHand } from "../support/by-hand.ts";
import { byNode, fillQueue, queued, readLog, type FullQueue } from "../support/full-queue.ts";
import { startLightNodes } from "../support/light-nodes.ts";
import { startLink } from "../support/link.ts";
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
    isOver = await moveQueue(broker, { say: () => {}, before, deletionMs: 500 }).then(
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

/** The requests of a move that change something. The messages of a batch count as one request. */
const changing = /^(?:\$JS\.API\.STREAM\.(?:CREATE|UPDATE|DELETE)\.\w+|STEWARD_(?:RETIRED|MOVING|RESTORED)(?=\.))/;

test("each request of a move may reach the broker after another move has ended", async () => {
  const held: string[] = [];
  for (let at = 1; ; at++) {
    for (const stream of ["ACKS", "SCHEDULES"]) await broker.nc.request(`$JS.API.STREAM.PURGE.STEWARD_${stream}`, "");
    await applyOldTopology(broker.nc);
    const full = await fillQueue(broker, 5, 4);
    let [count, last]: [number, string | undefined] = [0, undefined];
    let created: string | undefined;
    await using link = await startLink([server.url], async ({ subject }, forward) => {
      const request = changing.exec(subject)?.[0];
      if (request !== undefined && (request !== last || request.includes("$")) && ++count === at) {
        held.push(request);
        await moveQueue(broker, { say: () => {}, deletionMs: 500 });
        created = (await lookAtMove(broker)).queue?.created;
      }
      last = request ?? last;
      forward();
    });
    await using late = await openBroker({ servers: link.url, namespace: "steward" }, { name: "late", waitMs: 5000 });
    await moveQueue(late, { say: () => {} });
    if (created === undefined) break;
    expect([held, (await lookAtMove(broker)).queue?.created]).toEqual([held, created]);
    await expectMoved(full);
  }
  expect(held).toMatchInlineSnapshot(`
    [
      "$JS.API.STREAM.UPDATE.STEWARD_MESSAGES",
      "$JS.API.STREAM.CREATE.STEWARD_MESSAGES_MOVING",
      "STEWARD_MOVING",
      "STEWARD_RETIRED",
      "$JS.API.STREAM.CREATE.STEWARD_MESSAGES",
      "STEWARD_RESTORED",
      "$JS.API.STREAM.UPDATE.STEWARD_MESSAGES",
      "$JS.API.STREAM.DELETE.STEWARD_MESSAGES_MOVING",
      "$JS.API.STREAM.UPDATE.STEWARD_MESSAGES",
    ]
  `);
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
  await untilEmpty();
  const { journals, ends } = await readLog(broker);
  for (const message of messages) {
    const key = keyOf(message);
    const ended = message.delivery === "atMostOnce" ? ["interrupted"] : ["started", "succeeded"];
    expect([key, journals.get(key)]).toEqual([key, begun.has(key) ? ["started", ...ended] : ["started", "succeeded"]]);
  }
  expect(byNode(ends)).toEqual(byNode(messages.map(keyOf)));
}

async function untilEmpty(): Promise<void> {
  await until(async () => (await queued(broker)).length === 0, 60_000, "the queue is not empty");
}

test("daemons and senders go on by themselves while two moves are killed again and again", async () => {
  const { nodes, messages } = await fillQueue(broker, 10, 400);
  await using daemons = await startLightNodes(server.url, nodes, 1);
  expect(daemons).toBeDefined();
  const sending = new AbortController();
  const sent: Message[] = [];
  const sender = (async () => {
    for (let at = 0; !sending.signal.aborted; at++) {
      const more = nodes.map((node) => messageByHand({ node, id: `s${at}`, subject: "noop", data: [] }));
      await sendUntilStored(more);
      sent.push(...more);
      await delay(20);
    }
  })();
  await using script = await moverScript();
  for (let kills = 0; ; kills++) {
    const movers = [1, 2].map(() => spawn(process.execPath, [script.path, server.url], { stdio: "inherit" }));
    const ended = Promise.all(movers.map((mover) => once(mover, "exit")));
    const enough = await Promise.race([ended.then(() => true), delay(300 + 200 * kills, false)]);
    if (enough) {
      expect(await ended).toEqual([
        [0, null],
        [0, null],
      ]);
      break;
    }
    for (const mover of movers) mover.kill("SIGKILL");
    await ended;
  }
  sending.abort();
  await sender;
  await untilEmpty();
  const { journals, ends } = await readLog(broker);
  const all = [...messages, ...sent];
  expect(byNode(ends)).toEqual(byNode(all.map(keyOf)));
  for (const message of all) {
    const runs = journals.get(keyOf(message))?.filter((state) => state === "started").length ?? 0;
    if (message.delivery === "atMostOnce") expect([keyOf(message), runs]).toEqual([keyOf(message), 1]);
  }
}, 180_000);

/** Sends as a person does who repeats a failed send with its id. */
async function sendUntilStored(messages: readonly Message[]): Promise<void> {
  for (;;) {
    try {
      return await new Queue(broker).send(messages);
    } catch (error) {
      // A move that was killed has left no queue.
      if (!StewardError.is(error, "streamsMissing")) throw error;
      await delay(100);
    }
  }
}

async function moverScript(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), "steward-mover-"));
  const path = join(folder, "mover.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../support/mover-process.ts", import.meta.url))],
    outfile: path,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: 'const require = process.getBuiltinModule("module").createRequire(import.meta.url);' },
  });
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

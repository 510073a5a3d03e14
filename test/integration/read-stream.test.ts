import { connect, type NatsConnection } from "nats";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { readStream } from "../../src/broker/read/read-stream.ts";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { startLink, type Link } from "../support/link.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";
import { until } from "../support/until.ts";

const stream = "STEWARD_ACKS";
const filters = ["steward.*.ack.*.*.*"];

let server: TestServer;
let link: Link;
let writer: NatsConnection;
let broker: Broker;
let stored: number;
beforeEach(async () => {
  server = await startServer();
  link = await startLink([server.url]);
  writer = await connect({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  await applyTopology(writer, { namespace: "steward" });
  broker = await openBroker({ servers: link.url, namespace: "steward" }, { name: "test", waitMs: 5000 });
  stored = 0;
});
afterEach(async () => {
  await broker.close();
  await writer.close();
  await link[Symbol.asyncDispose]();
  await server.stop();
});

/** Stores what reads `1`, `2` and so on. */
async function store(count: number, { node = "ship1", size = 0 } = {}): Promise<void> {
  for (let left = count; left > 0; left--) {
    const subject = `steward.${node}.ack.command.exec.m${++stored}`;
    const body = String(stored).padEnd(size);
    while ((await writer.request(subject, body, { timeout: 1000 }).catch(() => undefined)) === undefined);
  }
}

/** So large that not all of them are on their way at once. */
const large = { size: 600_000 };

function textOf(data: Uint8Array): string {
  return Buffer.from(data).toString().trim();
}

function upTo(count: number): string[] {
  return Array.from({ length: count }, (_, at) => String(at + 1));
}

/** Follows until the test ends it; `texts` is what has come. */
function follow(from: "first" | number = "first"): { texts: string[]; end: () => Promise<void> } {
  const [texts, controller] = [[] as string[], new AbortController()];
  const done = (async () => {
    const { signal } = controller;
    for await (const { data } of readStream(broker, stream, { filters, from, follow: true, signal })) {
      texts.push(textOf(data));
    }
  })();
  return {
    texts,
    end: async () => {
      controller.abort();
      await done;
    },
  };
}

async function consumers(): Promise<number> {
  const info: { total: number } = (await writer.request(`$JS.API.CONSUMER.NAMES.${stream}`, "")).json();
  return info.total;
}

test("a following reader ends on request, and leaves no consumer behind", async () => {
  await store(3);
  const following = follow();
  await until(() => following.texts.length === 3);
  await store(2);
  await until(() => following.texts.length === 5);
  await following.end();
  expect(following.texts).toEqual(upTo(5));
  await until(async () => (await consumers()) === 0);
});

test.each([
  ["ends", () => link.drop()],
  ["goes silent in both directions, and is given up", () => link.strand()],
])("a connection that %s: nothing is lost and nothing comes twice", async (_how, cut) => {
  const following = follow();
  for (let round = 1; round <= 3; round++) {
    await store(20);
    if (round < 3) cut();
    await store(20);
    // What lies stranded is found by nobody but the ping, which would take its time.
    link.heal();
    await until(() => following.texts.length >= 40 * round, 20_000);
  }
  await following.end();
  expect(following.texts).toEqual(upTo(120));
});

test("a broker that is killed and comes back, before anything was read and after", async () => {
  await store(5);
  const following = follow(6);
  await until(async () => (await consumers()) === 1);
  for (let round = 1; round <= 2; round++) {
    await server.kill();
    await server.restart();
    await store(10);
    await until(() => following.texts.length >= 10 * round, 20_000);
  }
  await following.end();
  expect(following.texts).toEqual(upTo(25).slice(5));
});

test("a stream that was deleted and created again is read from its beginning", async () => {
  await store(10);
  const following = follow();
  await until(() => following.texts.length === 10);
  link.cut();
  await writer.request(`$JS.API.STREAM.DELETE.${stream}`, "");
  await applyTopology(writer, { namespace: "steward" });
  await store(3);
  link.drop();
  link.heal();
  await until(() => following.texts.length === 13, 20_000);
  link.drop();
  await store(1);
  await until(() => following.texts.length >= 14, 20_000);
  await following.end();
  expect(following.texts).toHaveLength(14);
});

test("a following reader ends on request, also while the broker is away", async () => {
  await store(1);
  const following = follow();
  await until(() => following.texts.length === 1);
  let isLost = false;
  broker.onConnection({ lost: () => void (isLost = true) });
  link.cut();
  link.drop();
  await until(() => isLost);
  const began = performance.now();
  await following.end();
  expect(performance.now() - began).toBeLessThan(1000);
});

test("without following, a lost connection does not count as the end of the stream", async () => {
  await store(20, large);
  const texts: string[] = [];
  for await (const { data } of readStream(broker, stream, { filters, from: "first" })) {
    texts.push(textOf(data));
    if (texts.length === 2) link.drop();
  }
  expect(texts).toEqual(upTo(20));
});

test("without following, a broker that is away for long is an error", async () => {
  await store(10, large);
  const reading = (async () => {
    const messages = readStream(broker, stream, { filters, from: "first" });
    await messages.next();
    link.cut();
    link.drop();
    while ((await messages.next()).done !== true);
  })();
  await expect(reading).rejects.toMatchObject({ name: "SilenceError" });
}, 20_000);

test("a counted message that is removed meanwhile is not waited for", async () => {
  await store(20, large);
  const texts: string[] = [];
  for await (const { data } of readStream(broker, stream, { filters, from: "first" })) {
    texts.push(textOf(data));
    if (texts.length === 1) await writer.request(`$JS.API.STREAM.PURGE.${stream}`, "");
  }
  expect(texts.length).toBeLessThan(20);
});

test("up to a sequence, and not beyond it", async () => {
  await store(10);
  await store(5, { node: "ship2" });
  const read = async (filter: string, from: number, end: number): Promise<number[]> => {
    const sequences: number[] = [];
    for await (const { sequence } of readStream(broker, stream, { filters: [filter], from, until: end })) {
      sequences.push(sequence);
    }
    return sequences;
  };
  expect(await read("steward.*.ack.*.*.*", 3, 5)).toEqual([3, 4, 5]);
  expect(await read("steward.ship2.ack.*.*.*", 3, 10)).toEqual([]);
  expect(await read("steward.ship2.ack.*.*.*", 3, 12)).toEqual([11, 12]);
  await until(async () => (await consumers()) === 0);
});

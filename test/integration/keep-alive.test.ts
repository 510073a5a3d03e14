import { connect, type NatsConnection } from "nats";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keepAlive } from "../../src/broker/connection/keep-alive.ts";
import { startLink, type Link } from "../support/link.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";
import { until } from "../support/until.ts";

const times = { silentMs: 300, answerMs: 300 };

let server: TestServer;
let direct: NatsConnection;
let link: Link;
let nc: NatsConnection;
/** What the client said since it was connected. */
let said: string[];
let reconnects: number;
beforeEach(async () => {
  server = await startServer();
  direct = await connect({ servers: server.url });
  said = [];
  link = await startLink([server.url], ({ verb }, forward) => {
    said.push(verb);
    forward();
  });
  nc = await connect({ servers: link.url, reconnectTimeWait: 20, maxReconnectAttempts: -1 });
  await nc.flush();
  said.length = 0;
  reconnects = 0;
  void (async () => {
    for await (const { type } of nc.status()) if (type === "reconnect") reconnects++;
  })();
});
afterEach(async () => {
  await nc.close();
  await direct.close();
  await link[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

it("reconnects when the link has silently died", async () => {
  void keepAlive(nc, times);
  const begun = performance.now();
  link.strand();
  await until(() => reconnects === 1);
  expect(performance.now() - begun).toBeGreaterThan(times.silentMs + times.answerMs - 50);
  await nc.flush();
});

it("finds a second dead link as it found the first", async () => {
  void keepAlive(nc, times);
  for (const lost of [1, 2]) {
    link.strand();
    await until(() => reconnects === lost);
  }
  await nc.flush();
});

it("waits for nothing that it had yet to write on the dead one", async () => {
  void keepAlive(nc, times);
  link.strand();
  for (let count = 0; count < 32; count++) nc.publish("unsent", new Uint8Array(1_000_000));
  await until(() => reconnects === 1);
  await nc.flush();
});

it("a link that is busy with a large upload counts as alive", async () => {
  let arrived = 0;
  direct.subscribe("upload", { callback: (_error, { data }) => void (arrived += data.length) });
  await direct.flush();
  // The last megabytes are in the buffers of the kernel, and take this link some 0.6 s without a sign.
  void keepAlive(nc, { silentMs: 800, answerMs: 400 });
  link.slow({ latencyMs: 0, bytesPerSecond: 8_000_000 });
  for (let count = 0; count < 32; count++) nc.publish("upload", new Uint8Array(1_000_000));
  await until(() => arrived === 32_000_000);
  expect(reconnects).toBe(0);
});

it("asks a silent broker now and then, and keeps the connection that answers", async () => {
  void keepAlive(nc, times);
  await until(() => said.filter((verb) => verb === "PING").length >= 3);
  expect(reconnects).toBe(0);
});

it("asks nothing while the broker speaks", async () => {
  nc.subscribe("talk", { callback: () => undefined });
  await nc.flush();
  said.length = 0;
  void keepAlive(nc, { silentMs: 1000, answerMs: 1000 });
  for (let i = 0; i < 30; i++) {
    direct.publish("talk", "");
    await delay(100);
  }
  expect(said).not.toContain("PING");
});

it("a link that is busy with one large message counts as alive", async () => {
  let arrived = 0;
  nc.subscribe("large", { callback: (_error, { data }) => void (arrived += data.length) });
  await nc.flush();
  void keepAlive(nc, times);
  link.slow({ latencyMs: 0, bytesPerSecond: 400_000 });
  direct.publish("large", new Uint8Array(1_000_000));
  await until(() => arrived === 1_000_000);
  expect(reconnects).toBe(0);
});

it("ends when the connection is closed", async () => {
  const ended = keepAlive(nc, { silentMs: 60_000, answerMs: 60_000 });
  await nc.close();
  await expect(ended).resolves.toBeUndefined();
});

import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Broker } from "../../src/broker/connection/broker.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";
import { until } from "../support/until.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Where the client library keeps it; if that changes, the guard has to follow. */
const socketOf = (broker: Broker): Socket =>
  (broker.nc as unknown as { protocol: { transport: { socket: Socket } } }).protocol.transport.socket;

test("an error that comes when the client has given the socket up ends no process, also after a reconnect", async () => {
  const nc = await connect({ servers: server.url, reconnectTimeWait: 20, maxReconnectAttempts: -1 });
  await using broker = new Broker(nc, "steward");
  let back = 0;
  broker.onConnection({ back: () => (back += 1) });
  for (const lost of [1, 2]) {
    const socket = socketOf(broker);
    // As it happens at a loss: a write behind the end has failed, and its error is told a moment later.
    socket.destroy(new Error("write after end"));
    socket.removeAllListeners("error");
    socket.removeAllListeners("close");
    socket.emit("error", new Error("write after end"));
    await nc.reconnect();
    await until(() => back === lost);
  }
  await delay(10);
  await broker.flush();
  expect(nc.isClosed()).toBe(false);
});

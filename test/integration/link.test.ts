import { connect, type NatsConnection } from "nats";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startLink, type Link, type UpHook } from "../support/link.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";
import { until } from "../support/until.ts";

let server: TestServer;
let direct: NatsConnection;
let heard: string[];
let hook: UpHook | undefined;
let link: Link;
let nc: NatsConnection;
beforeEach(async () => {
  server = await startServer();
  direct = await connect({ servers: server.url });
  heard = [];
  direct.subscribe("up.>", {
    callback: (_error, msg) => {
      heard.push(msg.string());
      msg.respond(msg.data);
    },
  });
  await direct.flush();
  hook = undefined;
  link = await startLink([server.url], async (operation, forward) => {
    if (hook === undefined) forward();
    else await hook(operation, forward);
  });
  nc = await connect({ servers: link.url, reconnectTimeWait: 20, maxReconnectAttempts: -1 });
});
afterEach(async () => {
  await nc.close();
  await direct.close();
  await link[Symbol.asyncDispose]();
  await server.stop();
});

/** Long enough for what may pass to have passed. */
const aWhile = 300;

it("passes everything on until it is cut; held data arrives when it is healed", async () => {
  expect((await nc.request("up.a", "1")).string()).toBe("1");
  link.cut("up");
  const answer = nc.request("up.a", "2", { timeout: 5000 });
  await delay(aWhile);
  expect(heard).toEqual(["1"]);
  link.heal();
  expect((await answer).string()).toBe("2");
});

it("cuts only the way down: the server receives, its answer is held", async () => {
  link.cut("down");
  let answered = false;
  const answer = nc.request("up.a", "1", { timeout: 5000 }).then((msg) => {
    answered = true;
    return msg.string();
  });
  await until(() => heard.length === 1);
  await delay(aWhile);
  expect(answered).toBe(false);
  link.heal();
  expect(await answer).toBe("1");
});

it("lets no new connection through while it is cut", async () => {
  link.cut();
  await expect(connect({ servers: link.url, timeout: aWhile, reconnect: false })).rejects.toThrow(/timeout/i);
  link.heal();
  await (await connect({ servers: link.url, reconnect: false })).close();
});

it("strands the connections that there are: open, dead, and ended by the healing; new ones work", async () => {
  link.strand();
  await expect(nc.request("up.a", "lost", { timeout: aWhile })).rejects.toThrow(/timeout/i);
  expect(heard).toEqual([]);
  const other = await connect({ servers: link.url });
  expect((await other.request("up.a", "1")).string()).toBe("1");
  await other.close();
  link.heal();
  await until(async () => (await nc.request("up.a", "2").catch(() => undefined)) !== undefined);
});

it("ends the connections on request, and accepts them again", async () => {
  const lost = (async () => {
    for await (const { type } of nc.status()) if (type === "disconnect") return;
  })();
  link.drop();
  await lost;
  await until(async () => (await nc.request("up.a", "1").catch(() => undefined)) !== undefined);
});

it("is as slow as requested: by its latency each way, and by its bytes a second", async () => {
  link.slow({ latencyMs: 100, bytesPerSecond: 1_000_000 });
  // A timer may come a millisecond early, each way, by the clock that is read here.
  expect(await nc.rtt()).toBeGreaterThanOrEqual(198);
  const begin = performance.now();
  await nc.request("up.a", "x".repeat(200_000), { timeout: 5000 });
  expect(performance.now() - begin).toBeGreaterThanOrEqual(600);
  link.heal();
  expect(await nc.rtt()).toBeLessThan(100);
});

it("shows each operation before it is forwarded, and holds back the others", async () => {
  hook = (operation, forward) => {
    if (operation.payload !== "2") forward();
  };
  for (const text of ["1", "2", "3"]) nc.publish("up.a", text);
  await until(() => heard.length === 2);
  expect(heard).toEqual(["1", "3"]);
});

it("loses only the answer when the way down is cut before the operation is forwarded", async () => {
  hook = async ({ subject }, forward) => {
    if (subject === "up.a") link.cut("down");
    forward();
  };
  await expect(nc.request("up.a", "1", { timeout: aWhile })).rejects.toThrow(/timeout/i);
  expect(heard).toEqual(["1"]);
});

import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { onBucketChange } from "../../src/broker/read/bucket-changes.ts";
import { bucketEntries, kvEntries, kvLast } from "../../src/broker/read/bucket.ts";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { kvDelete, kvPut } from "../../src/broker/write/kv.ts";
import { purgeSubject } from "../../src/broker/write/purge.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

const bucket = "STEWARD_GROUPS";

let fleet: Fleet;
let broker: Broker;
let manager: JetStreamManager;
beforeEach(async () => {
  fleet = await startFleet();
  broker = await openBroker({ servers: fleet.server.url, namespace: "steward" }, { name: "test", waitMs: Infinity });
  manager = await jetstreamManager(fleet.nc);
});
afterEach(async () => {
  await broker.close();
  await fleet[Symbol.asyncDispose]();
});

const put = (key: string, value: string = key, write = {}): Promise<unknown> =>
  kvPut(broker, bucket, key, value, write);

async function entries(filter?: string): Promise<Record<string, string>> {
  const found = await kvEntries(broker, bucket, filter);
  return Object.fromEntries([...found].map(([key, value]) => [key, Buffer.from(value).toString()]));
}

test("matching keys are read: the last value of each, and no marker", async () => {
  await put("a.x", "old");
  for (const key of ["a.x", "a.y", "b.x"]) await put(key);
  const last = await kvLast(broker, bucket, "a.y");
  await kvDelete(broker, bucket, "a.y", last?.revision ?? 0);
  expect(await entries()).toEqual({ "a.x": "a.x", "b.x": "b.x" });
  expect(await entries("a.*")).toEqual({ "a.x": "a.x" });
  expect(await entries("c.>")).toEqual({});
});

test("more than one request brings is read to the end, and large values are too", async () => {
  const value = "x".repeat(900_000);
  for (let at = 0; at < 3; at++) await put(`large.${at}`, value);
  for (let at = 0; at < 6000; at++) fleet.nc.publish(`$KV.${bucket}.small.${at}`, "s");
  await fleet.nc.flush();
  await until(async () => (await manager.streams.info(`KV_${bucket}`)).state.messages === 6003);
  expect(Object.keys(await entries("small.*"))).toHaveLength(6000);
  expect(Object.values(await entries("large.*")).map(({ length }) => length)).toEqual([900_000, 900_000, 900_000]);
  let bytes = 0;
  for await (const { data } of bucketEntries(broker, bucket, ["large.*"], { headersOnly: true })) bytes += data.length;
  expect(bytes).toBe(0);
});

test("B11: a reading ends although its entries are deleted meanwhile", async () => {
  const over = new AbortController();
  const churning = (async () => {
    while (!over.signal.aborted) {
      await put("k");
      await purgeSubject(broker, `KV_${bucket}`, `$KV.${bucket}.k`);
    }
  })();
  for (let round = 0; round < 300; round++) expect(["{}", '{"k":"k"}']).toContain(JSON.stringify(await entries("k")));
  over.abort();
  await churning;
});

test("a missing bucket is an error", async () => {
  await expect(kvEntries(broker, "STEWARD_NONE")).rejects.toMatchObject({ code: "streamsMissing" });
  const watching = onBucketChange(broker, "STEWARD_NONE", new AbortController().signal, () => {});
  await expect(watching).rejects.toMatchObject({ code: "streamsMissing" });
});

test("changes are reported until the signal, also after the broker was away", async () => {
  const controller = new AbortController();
  let heard = 0;
  await put("before");
  const watching = onBucketChange(broker, bucket, controller.signal, () => heard++);
  const isHeard = async (): Promise<void> => {
    const before = heard;
    await until(async () => {
      await put("k").catch(() => undefined);
      return heard > before;
    }, 20_000);
  };
  await isHeard();
  await fleet.server.kill();
  await fleet.server.restart();
  await isHeard();
  await manager.streams.delete(`KV_${bucket}`);
  await applyTopology(fleet.nc, { namespace: "steward" });
  const outcome = watching.catch((error: unknown) => error);
  controller.abort();
  // The bucket is gone for a moment, which may be told.
  expect([undefined, "streamsMissing"]).toContain(((await outcome) as { readonly code?: string } | undefined)?.code);
});

test("nothing is reported after the watch has ended", async () => {
  const controller = new AbortController();
  let heard = 0;
  const watching = onBucketChange(broker, bucket, controller.signal, () => heard++);
  await until(async () => {
    await put("k");
    return heard > 0;
  });
  controller.abort();
  await watching;
  const before = heard;
  await put("k");
  expect(heard).toBe(before);
});

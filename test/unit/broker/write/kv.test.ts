import { expect, test } from "vitest";
import { kvLast, kvPut } from "../../../../src/broker/write/kv.ts";
import { found, notFound, refusal, scriptedBroker, stored } from "../support.ts";

test("the last entry of a key is its value and its revision", async () => {
  const { broker, asked } = scriptedBroker(() => found(7, "value"));
  expect(await kvLast(broker, "B", "k")).toEqual({ revision: 7, value: Buffer.from("value"), isDeleted: false });
  expect(asked[0]!.subject).toBe("$JS.API.DIRECT.GET.KV_B.$KV.B.k");
});

test.each([
  ["was deleted", { "KV-Operation": "DEL" }, true],
  ["has expired", { "Nats-Marker-Reason": "MaxAge" }, false],
])("an entry that %s has a revision and no value", async (_what, header, isDeleted) => {
  const { broker } = scriptedBroker(() => found(8, "", header));
  expect(await kvLast(broker, "B", "k")).toEqual({ revision: 8, value: undefined, isDeleted });
});

test("a key that never was has no entry", async () => {
  expect(await kvLast(scriptedBroker(() => notFound()).broker, "B", "k")).toBeUndefined();
});

test.each([
  ["plainly", {}, {}],
  ["as the first", { after: 0 }, { "Nats-Expected-Last-Subject-Sequence": "0" }],
  ["behind a revision", { after: 7 }, { "Nats-Expected-Last-Subject-Sequence": "7" }],
  ["for a while, in whole seconds", { ttlMs: 2600 }, { "Nats-TTL": "3s" }],
  ["for at least a second", { ttlMs: 10 }, { "Nats-TTL": "1s" }],
  ["as a deletion", { operation: "DEL" }, { "KV-Operation": "DEL" }],
] as const)("an entry is written %s", async (_how, write, headers) => {
  const { broker, asked } = scriptedBroker(() => stored(9));
  expect(await kvPut(broker, "B", "k", "value", write)).toMatchObject({ kind: "stored", sequence: 9 });
  expect(asked).toMatchObject([{ subject: "$KV.B.k", body: "value" }]);
  expect(asked[0]!.headers).toEqual(headers);
});

test("a refusal is an answer", async () => {
  const { broker } = scriptedBroker(() => refusal(10_071, "wrong last sequence: 9"));
  expect(await kvPut(broker, "B", "k", "value", { after: 7 })).toMatchObject({ kind: "refused", code: 10_071 });
});

import { expect, test } from "vitest";
import { kvPut } from "../../../../src/broker/write/kv.ts";
import { refusal, scriptedBroker, stored } from "../support.ts";

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

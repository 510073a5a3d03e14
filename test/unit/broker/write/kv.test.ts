import { errors } from "nats";
import { expect, test } from "vitest";
import { kvDelete, kvPut } from "../../../../src/broker/write/kv.ts";
import { notFound, refusal, scriptedBroker, stored } from "../support.ts";

test.each([
  ["plainly", {}, {}],
  ["as the first", { after: 0 }, { "Nats-Expected-Last-Subject-Sequence": "0" }],
  ["behind a revision", { after: 7 }, { "Nats-Expected-Last-Subject-Sequence": "7" }],
  ["for a while, in whole seconds", { ttlMs: 2600 }, { "Nats-TTL": "3s" }],
  ["for at least a second", { ttlMs: 10 }, { "Nats-TTL": "1s" }],
] as const)("an entry is written %s", async (_how, write, headers) => {
  const { broker, asked } = scriptedBroker(() => stored(9));
  expect(await kvPut(broker, "B", "k", "value", write)).toMatchObject({ kind: "stored", sequence: 9 });
  expect(asked).toMatchObject([{ subject: "$KV.B.k", body: "value" }]);
  expect(asked[0]!.headers).toEqual(headers);
});

test("an entry is deleted behind its last revision, and only behind one", async () => {
  const { broker, asked } = scriptedBroker(() => stored(9));
  expect(await kvDelete(broker, "B", "k", 7)).toEqual({ kind: "stored" });
  expect(asked).toMatchObject([{ subject: "$KV.B.k", body: "" }]);
  expect(asked[0]!.headers).toEqual({ "KV-Operation": "DEL", "Nats-Expected-Last-Subject-Sequence": "7" });
  expect(await kvDelete(broker, "B", "k", 0)).toMatchObject({ kind: "refused", code: 10_071 });
  expect(asked).toHaveLength(1);
});

test("what nobody answered, or a cluster without a leader, is written again; what may not be written is refused", async () => {
  const answers = [new errors.TimeoutError(), refusal(10_008, "no leader", 503), notFound(), stored(9)];
  const { broker, asked } = scriptedBroker((_asked, count) => answers[count - 1]!);
  expect(await kvPut(broker, "B", "k", "value", { after: 7 })).toMatchObject({ kind: "stored", sequence: 9 });
  expect(asked.map(({ timeout }) => timeout)).toEqual([5000, 10_000, 20_000, 20_000]);
  const denial = new errors.RequestError("no", {
    cause: new errors.PermissionViolationError("no", "publish", "$KV.B.k"),
  });
  expect(await kvPut(scriptedBroker(() => denial).broker, "B", "k", "v")).toMatchObject({ kind: "refused", code: 0 });
});

test("a refusal is an answer", async () => {
  const { broker } = scriptedBroker(() => refusal(10_071, "wrong last sequence: 9"));
  expect(await kvPut(broker, "B", "k", "value", { after: 7 })).toMatchObject({ kind: "refused", code: 10_071 });
});

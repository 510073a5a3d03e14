import { expect, test } from "vitest";
import { kvLast } from "../../../../src/broker/read/bucket.ts";
import { found, notFound, scriptedBroker } from "../support.ts";

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

import { expect, test } from "vitest";
import { firstFrom, lastOnSubject } from "../../../../src/broker/read/direct-get.ts";
import { found, msgOf, notFound, scriptedBroker } from "../support.ts";

test("a found message has its position, its time, its bytes and its headers", async () => {
  const { broker, asked } = scriptedBroker(() => found(7, "payload", { Mine: "kept" }));
  const message = await lastOnSubject(broker, "STREAM", "a.b");
  expect(asked).toMatchObject([{ subject: "$JS.API.DIRECT.GET.STREAM.a.b", body: "" }]);
  expect(message).toMatchObject({ subject: "s", sequence: 7, storedAt: Date.UTC(2026, 0, 31, 12, 0, 0, 500) });
  expect(message?.data).toEqual(Buffer.from("payload"));
  expect(message?.headers?.get("Mine")).toBe("kept");
});

test("headers of a message that imitate the server's are ignored", async () => {
  const reply = found(1_000_000, "");
  reply.headers!.append("Nats-Sequence", "7");
  const { broker } = scriptedBroker(() => reply);
  expect(await lastOnSubject(broker, "STREAM", "a")).toMatchObject({ sequence: 7 });
});

test.each([
  ["a status", notFound()],
  ["an answer without headers", msgOf({ data: "x" })],
])("%s is not a message", async (_what, reply) => {
  const { broker } = scriptedBroker(() => reply);
  expect(await lastOnSubject(broker, "STREAM", "a")).toBeUndefined();
});

test("a place is asked for by its sequence and its subject", async () => {
  const { broker, asked } = scriptedBroker(() => found(7, ""));
  await firstFrom(broker, "STREAM", { sequence: 5, subject: "a.b" });
  expect(asked[0]).toMatchObject({ subject: "$JS.API.DIRECT.GET.STREAM", body: '{"seq":5,"next_by_subj":"a.b"}' });
});

import { setTimeout as delay } from "node:timers/promises";
import { errors } from "nats";
import { describe, expect, test } from "vitest";
import { Queue } from "../../../../src/broker/write/queue.ts";
import type { Message } from "../../../../src/protocol/message.ts";
import { messageSubject } from "../../../../src/protocol/subjects.ts";
import { messageWith } from "../../node/support.ts";
import { answerOf, refusal, scriptedBroker, stored, type Asked } from "../support.ts";

const list = (count: number, data: string[] = []): Message[] =>
  Array.from({ length: count }, () => messageWith({ data }));
const subjects = (messages: readonly Message[]): string[] => messages.map((each) => messageSubject("steward", each));
const isCommit = ({ headers }: Asked): boolean => headers["Nats-Batch-Commit"] === "1";

test("one message is published by itself, under an id that makes a repeat harmless", async () => {
  const { broker, asked, published } = scriptedBroker(() => stored(1));
  const message = messageWith();
  const subject = messageSubject("steward", message);
  await new Queue(broker).put([message]);
  expect(asked).toMatchObject([{ subject, body: JSON.stringify(message), headers: { "Nats-Msg-Id": subject } }]);
  expect(asked.some(isCommit)).toBe(false);
  expect(published).toEqual([]);
});

test("several are one batch: published in order, and committed with the last", async () => {
  const { broker, asked, published } = scriptedBroker(() => stored(3));
  const messages = list(3);
  await new Queue(broker).put(messages);
  expect([...published, ...asked].map(({ subject }) => subject)).toEqual(subjects(messages));
  expect(asked.map(isCommit)).toEqual([true]);
  expect(asked[0]!.headers).toMatchObject({ "Nats-Batch-Sequence": "3" });
});

test.each([
  ["more than a thousand", 2001, [], [1000, 2000]],
  ["more than 8 MiB", 20, ["x".repeat(900_000)], [9, 18]],
])("%s go in batches one after the other", async (_what, count, data, ends) => {
  const { broker, asked } = scriptedBroker(() => stored(1));
  const messages = list(count, data);
  await new Queue(broker).put(messages);
  const all = subjects(messages);
  expect(asked.filter(isCommit).map(({ subject }) => all.indexOf(subject) + 1)).toEqual(
    count === 2001 ? ends : [...ends, count],
  );
  expect(all.indexOf(asked.at(-1)!.subject)).toBe(count - 1);
});

test("batches of one lane are with the broker before the first of them is stored, but are stored in order", async () => {
  const publishedAtCommit: number[] = [];
  const { broker, published } = scriptedBroker(() => {
    publishedAtCommit.push(published.length);
    return stored(1);
  });
  await new Queue(broker).put(list(7001));
  // Five at once, then two, and the last message by itself.
  expect(publishedAtCommit).toEqual([4995, 4995, 4995, 4995, 4995, 6993, 6993, 6993]);
});

describe("batches that share no lane", () => {
  const fleet = Array.from({ length: 3000 }, (_, number) => ({ ...messageWith(), node: `ship${number}` }));

  test("are committed in one go, each with time for those before it", async () => {
    const { broker, asked } = scriptedBroker(() => new Promise(() => {}));
    void new Queue(broker).put(fleet);
    await expect.poll(() => asked.filter(isCommit).map(({ timeout }) => timeout)).toEqual([10_000, 12_000, 14_000]);
    expect(asked.map(({ subject }) => subject)).toEqual([999, 1999, 2999].map((at) => subjects(fleet)[at]));
  });

  test("are all finished when the refusal of one is reported", async () => {
    let through = 0;
    const { broker } = scriptedBroker(async (_asked, count) => {
      if (count === 1) return refusal(10_077, "maximum messages exceeded");
      await delay(20);
      through += 1;
      return stored(1);
    });
    await expect(new Queue(broker).put(fleet)).rejects.toMatchObject({ code: "notStored" });
    expect(through).toBe(2);
  });
});

test("a batch of which the outcome is unknown, or that the broker is too busy for, is repeated as another batch", async () => {
  const answers = [new errors.TimeoutError(), refusal(10_210, "too many"), refusal(10_176, "incomplete"), stored(2)];
  const { broker, asked } = scriptedBroker((_asked, count) => answers[count - 1]!);
  await new Queue(broker).put(list(2));
  expect(new Set(asked.map(({ headers }) => headers["Nats-Batch-Id"])).size).toBe(4);
  expect(new Set(asked.map(({ headers }) => headers["Nats-Msg-Id"])).size).toBe(1);
});

test("if a part of a batch is stored already, each message is stored by itself, in order", async () => {
  const { broker, asked } = scriptedBroker((each) => (isCommit(each) ? refusal(10_201, "known") : stored(1)));
  const messages = list(3);
  await new Queue(broker).put(messages);
  expect(asked.slice(1).map(({ subject }) => subject)).toEqual(subjects(messages));
});

test("if a part of a batch is stored already, no lane waits for another", async () => {
  const { broker, asked } = scriptedBroker((each) => {
    if (isCommit(each)) return refusal(10_201, "known");
    return each.subject.includes("ship1") ? new Promise(() => {}) : stored(1);
  });
  const messages = ["ship1", "ship1", "ship2", "ship2"].map((node) => ({ ...messageWith(), node }));
  void new Queue(broker).put(messages);
  const [first, , ...others] = subjects(messages);
  await expect.poll(() => asked.slice(1).map(({ subject }) => subject)).toEqual([first, ...others]);
});

test("after a refused message the rest of such a batch is not published", async () => {
  const { broker, asked } = scriptedBroker((each) => {
    if (isCommit(each)) return refusal(10_201, "known");
    return each.subject.includes("bad") ? refusal(10_077, "maximum messages exceeded") : delay(5, stored(1));
  });
  const nodes = Array.from({ length: 20 }, (_, number) => `ship${number}`);
  const messages = ["bad", ...nodes, ...nodes, ...nodes].map((node) => ({ ...messageWith(), node }));
  await expect(new Queue(broker).put(messages)).rejects.toMatchObject({ code: "notStored" });
  const then = asked.length;
  expect(then).toBe(1 + 1 + nodes.length);
  await delay(50);
  expect(asked).toHaveLength(then);
});

test("if the broker never finds a batch complete, each message by itself shows the reason", async () => {
  const { broker, asked } = scriptedBroker((each) =>
    isCommit(each) ? refusal(10_176, "incomplete") : refusal(10_054, "message size exceeds maximum allowed"),
  );
  await expect(new Queue(broker).put(list(2))).rejects.toMatchObject({
    message: expect.stringContaining("message size exceeds") as string,
  });
  expect(asked.map(isCommit)).toEqual([true, true, true, false]);
});

test.each([1, 2])("a broker that has too many requests is asked again to store %i", async (count) => {
  const { broker, asked } = scriptedBroker((_asked, tries) =>
    tries === 1 ? refusal(10_167, "too many requests", 429) : stored(1),
  );
  await new Queue(broker).put(list(count));
  expect(asked).toHaveLength(2);
});

describe("of more than a link carries at once", () => {
  const large = list(2, ["x".repeat(64 * 1024)]);

  test("the last message, which commits, waits for the others: its time runs when they are there", async () => {
    const { broker, asked, published } = scriptedBroker(() => stored(1));
    let arrive = (): void => {};
    broker.nc.flush = () => new Promise((resolve) => (arrive = resolve));
    const putting = new Queue(broker).put(large);
    await expect.poll(() => published.length).toBe(1);
    await delay(20);
    expect(asked).toEqual([]);
    arrive();
    await putting;
    expect(asked.map(isCommit)).toEqual([true]);
  });

  test("the signal ends that wait too", async () => {
    const { broker, asked } = scriptedBroker(() => stored(1));
    broker.nc.flush = () => new Promise(() => {});
    const enough = new AbortController();
    const putting = new Queue(broker).put(large, enough.signal);
    setTimeout(() => enough.abort(new Error("enough")), 20);
    await expect(putting).rejects.toThrow("enough");
    expect(asked).toEqual([]);
  });

  test("a connection that is lost meanwhile shows at the commit", async () => {
    const { broker, asked } = scriptedBroker(() => stored(1));
    broker.nc.flush = () => Promise.reject(new Error("disconnected"));
    await new Queue(broker).put(large);
    expect(asked.map(isCommit)).toEqual([true]);
  });
});

test.each([1, 2])("a refusal of %i messages is reported", async (count) => {
  const { broker } = scriptedBroker(() => refusal(10_077, "maximum messages exceeded"));
  await expect(new Queue(broker).put(list(count))).rejects.toMatchObject({
    code: "notStored",
    message: expect.stringContaining("maximum messages exceeded") as string,
  });
});

test("a message larger than the broker takes is refused before any is published", async () => {
  const { broker, asked, published } = scriptedBroker(() => stored(1));
  const large = messageWith({ data: ["x".repeat(1024 * 1024)] });
  await expect(new Queue(broker).put([messageWith(), large])).rejects.toMatchObject({ code: "tooLarge" });
  expect([...asked, ...published]).toEqual([]);
});

test("nothing is published once the signal is aborted", async () => {
  const { broker, asked, published } = scriptedBroker(() => stored(1));
  const reason = new Error("enough");
  for (const count of [1, 2]) {
    await expect(new Queue(broker).put(list(count), AbortSignal.abort(reason))).rejects.toBe(reason);
  }
  expect([...asked, ...published]).toEqual([]);
});

test("a message for a queue that does not exist is refused, but not at the first look", async () => {
  const nobody = new errors.RequestError("no responders", { cause: new errors.NoRespondersError("x") });
  const looks: string[] = [];
  const { broker } = scriptedBroker(({ subject }) => {
    if (!subject.startsWith("$JS.API.STREAM.INFO.")) return nobody;
    looks.push(subject.replace("$JS.API.STREAM.INFO.", ""));
    return refusal(10_059, "stream not found", 404);
  });
  await expect(new Queue(broker).put(list(1))).rejects.toMatchObject({ code: "streamsMissing" });
  expect(looks).toEqual(["STEWARD_MESSAGES", "STEWARD_MESSAGES_MOVING", "STEWARD_MESSAGES"]);
});

test("a queue that listens again after a moment gets the message", async () => {
  const nobody = new errors.RequestError("no responders", { cause: new errors.NoRespondersError("x") });
  let looks = 0;
  const { broker } = scriptedBroker(({ subject }) => {
    if (!subject.startsWith("$JS.API.STREAM.INFO.")) return looks === 2 ? stored(1) : nobody;
    looks += 1;
    return looks === 1 ? refusal(10_059, "stream not found", 404) : answerOf({});
  });
  await expect(new Queue(broker).put(list(1))).resolves.toBeUndefined();
});

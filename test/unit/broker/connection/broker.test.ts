import { setTimeout as delay } from "node:timers/promises";
import { errors } from "nats";
import { expect, test, vi } from "vitest";
import { isSilence } from "../../../../src/broker/connection/broker.ts";
import { answerOf, scriptedBroker } from "../support.ts";

const never = new Promise<never>(() => {});
const noResponders = new errors.RequestError("no responders", { cause: new errors.NoRespondersError("s") });

test.each([
  ["nobody answered in time", new errors.TimeoutError(), true],
  ["nobody listens", noResponders, true],
  ["the connection is closed", new errors.ClosedConnectionError(), false],
  ["anything else", new Error("anything else"), false],
])("that %s is silence or not", (_what, error, silent) => expect(isSilence(error)).toBe(silent));

test.each(["disconnect", "reconnect"] as const)(
  "a request on a connection that is lost is silence at once (%s)",
  async (change) => {
    const { broker, connection } = scriptedBroker(() => never);
    const answer = broker.request("s", "").catch((error: unknown) => error);
    connection(change);
    expect(isSilence(await answer)).toBe(true);
  },
);

test("a request is repeated until it is answered", async () => {
  const { broker, asked } = scriptedBroker((_asked, count) =>
    count < 3 ? new errors.TimeoutError() : answerOf({ ok: 1 }),
  );
  const reply = await broker.untilAnswered(() => broker.request("s", "body"));
  expect(reply.json()).toEqual({ ok: 1 });
  expect(asked).toHaveLength(3);
});

test.each([new Error("a refusal"), new errors.ClosedConnectionError()])("%s is not asked again", async (error) => {
  const { broker, asked } = scriptedBroker(() => error);
  await expect(broker.untilAnswered(() => broker.request("s", ""))).rejects.toBe(error);
  expect(asked).toHaveLength(1);
});

test("on a closed connection silence is final", async () => {
  const { broker, close } = scriptedBroker(() => new errors.TimeoutError());
  close();
  await expect(broker.untilAnswered(() => broker.request("s", ""))).rejects.toThrow("timeout");
});

test("the signal ends the asking with its reason", async () => {
  const { broker, asked } = scriptedBroker(() => new errors.TimeoutError());
  const stop = new AbortController();
  const reason = new Error("the daemon ends");
  const answer = broker.untilAnswered(() => broker.request("s", ""), stop.signal);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0));
  stop.abort(reason);
  await expect(answer).rejects.toBe(reason);
});

test("the signal ends the wait before another try with its reason", async () => {
  const { broker } = scriptedBroker(() => answerOf({}));
  const stop = new AbortController();
  const waited = broker.backOff(9, stop.signal);
  const reason = new Error("the daemon ends");
  stop.abort(reason);
  await expect(waited).rejects.toBe(reason);
});

test("nothing is asked once the signal is aborted", async () => {
  const { broker, asked } = scriptedBroker(() => answerOf({}));
  const reason = new Error("the daemon ends");
  await expect(broker.untilAnswered(() => broker.request("s", ""), AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(asked).toEqual([]);
});

test("a connection that is back ends the wait before another try", async () => {
  const { broker, connection } = scriptedBroker(() => answerOf({}));
  vi.spyOn(Math, "random").mockReturnValue(1);
  const begun = performance.now();
  const waited = broker.backOff(9);
  connection("disconnect");
  connection("reconnect");
  await waited;
  expect(performance.now() - begun).toBeLessThan(1000);
  vi.restoreAllMocks();
});

test("after a return the waits begin short again, however many tries were made before", async () => {
  const { broker, connection } = scriptedBroker(() => answerOf({}));
  connection("disconnect");
  connection("reconnect");
  await vi.waitFor(() => expect(broker.lookedUpNodes.size).toBe(0));
  const begun = performance.now();
  await broker.backOff(9);
  expect(performance.now() - begun).toBeLessThan(500);
});

test("losses and returns are reported until the listener is removed", async () => {
  const { broker, connection } = scriptedBroker(() => answerOf({}));
  const events = { lost: vi.fn(), back: vi.fn() };
  const forget = broker.onConnection(events);
  connection("disconnect");
  await vi.waitFor(() => expect(events.lost).toHaveBeenCalledOnce());
  expect(events.back).not.toHaveBeenCalled();
  connection("reconnect");
  await vi.waitFor(() => expect(events.back).toHaveBeenCalledOnce());
  forget();
  const others = { lost: vi.fn() };
  broker.onConnection(others);
  connection("disconnect");
  await vi.waitFor(() => expect(others.lost).toHaveBeenCalled());
  expect(events.lost).toHaveBeenCalledOnce();
});

test("an error of a listener is an uncaught exception, and the other listeners are called now and later", async () => {
  const { broker, connection } = scriptedBroker(() => answerOf({}));
  const [uncaught, lost, back] = [vi.fn(), vi.fn(), vi.fn()];
  const runners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", uncaught);
  try {
    const fail = (): never => {
      throw new Error("no room");
    };
    broker.onConnection({ lost: fail, back: fail });
    broker.onConnection({ lost, back });
    for (const times of [1, 2]) {
      connection("disconnect");
      connection("reconnect");
      await vi.waitFor(() => expect(uncaught).toHaveBeenCalledTimes(2 * times));
      expect([lost, back].map(({ mock }) => mock.calls.length)).toEqual([times, times]);
    }
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const runner of runners) process.on("uncaughtException", runner);
  }
});

test("writes of one turn go out in order, at its end", async () => {
  const { broker } = scriptedBroker(() => answerOf({}));
  const done: string[] = [];
  broker.write(() => done.push("a"));
  await Promise.resolve().then(() => broker.write(() => done.push("b")));
  expect(done).toEqual([]);
  await delay(0);
  expect(done).toEqual(["a", "b"]);
});

test("deferred writes go out before the next write, or a moment later", async () => {
  const { broker, close } = scriptedBroker(() => answerOf({}));
  const done: string[] = [];
  broker.write(() => done.push("a"));
  broker.soon(() => done.push("had time"));
  await delay(0);
  expect(done).toEqual(["had time", "a"]);
  broker.soon(() => done.push("b"));
  broker.soon(() => done.push("c"));
  await delay(20);
  expect(done.slice(2)).toEqual(["b", "c"]);
  broker.soon(() => done.push("on a closed connection"));
  close();
  await delay(20);
  expect(done).toHaveLength(4);
});

import { getEventListeners } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Steward } from "../../../src/client.ts";
import { startFleet, type Fleet } from "../../support/fleet.ts";

let fleet: Fleet;
let steward: Steward;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"], {}, ["--label", "site=oslo"]);
  steward = await connect({ servers: fleet.server.url, from: "tester" });
});
afterAll(async () => {
  await steward.close();
  await fleet[Symbol.asyncDispose]();
});

async function listed<T>(items: AsyncIterable<T>, most: number = Infinity): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
    if (all.length >= most) break;
  }
  return all;
}

const echo = (nodes: string, word: string, id?: string) =>
  steward.run({ nodes, subject: "exec", data: ["echo", word], id }, { wait: "30s" });

test("the nodes that are known, with their labels", async () => {
  expect(await steward.nodes()).toMatchObject([
    { node: "ship1", up: true, labels: { site: "oslo" }, queued: 0 },
    { node: "ship2", up: true, labels: { site: "oslo" }, queued: 0 },
  ]);
  expect((await steward.nodes("ship2")).map(({ node }) => node)).toEqual(["ship2"]);
  expect((await steward.nodes({ label: { site: "os*" }, exclude: "ship2" })).map(({ node }) => node)).toEqual([
    "ship1",
  ]);
  expect(await steward.nodes("nobody")).toEqual([]);
  expect(await steward.node("ship1")).toMatchObject({ state: { node: "ship1", up: true }, now: { daemon: "up" } });
  await expect(steward.node("nobody")).rejects.toMatchObject({ code: "neverSeen" });
});

test("a change of a node is reported, and break ends the loop", async () => {
  const changes = steward.nodeChanges()[Symbol.asyncIterator]();
  const first = changes.next();
  await echo("ship1", "x");
  expect(await first).toEqual({ done: false, value: undefined });
  await changes.return?.();
});

test("the log: history, then events after a cursor, and followed events", async () => {
  await echo("ship1,ship2", "one", "log-1");
  const entries = await listed(steward.log({ id: "log-1", nodes: "ship1" }));
  expect(entries).toMatchObject([
    { node: "ship1", state: "started", ok: false, type: "command", subject: "exec", from: undefined },
    { node: "ship1", state: "succeeded", ok: true, stdout: "one\n", from: "tester", at: expect.any(Date) as Date },
  ]);
  const [started] = entries;
  expect((await listed(steward.log({ id: "log-1", nodes: ["ship1"], after: started?.cursor }))).length).toBe(1);
  expect(await listed(steward.log({ id: "log-1", states: ["succeeded"], last: 1 }))).toHaveLength(1);
  expect(await listed(steward.log({ id: "log-1", since: "1h", from: "tester" }))).toHaveLength(2);
  expect(await listed(steward.log({ until: "1h" }))).toEqual([]);
  const following = listed(steward.log({ id: "log-2", follow: true, after: entries[1]?.cursor }), 2);
  await echo("ship2", "two", "log-2");
  expect((await following).map(({ state }) => state)).toEqual(["started", "succeeded"]);
  await expect(listed(steward.log({ after: "nonsense" }))).rejects.toMatchObject({ code: "usage" });
  await expect(listed(steward.log({ since: new Date("x") }))).rejects.toMatchObject({ code: "usage" });
});

test("an abort ends a following loop, with its reason", async () => {
  const [control, reason] = [new AbortController(), new Error("enough")];
  const following = listed(steward.log({ follow: true, signal: control.signal }));
  setTimeout(() => control.abort(reason), 200);
  await expect(following).rejects.toBe(reason);
});

test("failures and events", async () => {
  const control = new AbortController();
  const happenings = await steward.watch({ id: "bad-1", signal: control.signal });
  const heard = listed(happenings, 3);
  await steward.run({ nodes: "ship1", subject: "exec", data: ["false"], id: "bad-1" }, { wait: "30s" });
  expect((await heard).map(({ kind }) => kind)).toEqual(["published", "acked", "acked"]);
  expect(happenings.dropped).toBe(0);
  expect(await listed(steward.errors({ id: "bad-1" }))).toMatchObject([
    { kind: "message", entry: { ack: { id: "bad-1", state: "failed" } } },
  ]);
});

test("a watch that cannot begin leaves no listener on the signal", async () => {
  const { signal } = new AbortController();
  await expect(steward.watch({ nodes: "a b", signal })).rejects.toMatchObject({ code: "badName" });
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("the queue, by message and by node, and the nodes of a message", async () => {
  await steward.send({ nodes: "away", subject: "exec", data: ["true"], id: "waits", expires: "1h" });
  expect(await steward.queue({ nodes: "away" })).toMatchObject({
    messages: [{ address: { node: "away", id: "waits" }, state: "waiting" }],
    more: 0,
  });
  expect((await steward.queueLengths({ nodes: "away" })).lengths).toMatchObject([{ node: "away", queued: 1 }]);
  expect(await steward.places("waits")).toMatchObject([{ address: { node: "away" }, queued: true }]);
  const [status] = await listed(steward.trace("waits"));
  expect(status).toMatchObject({ standing: "queued", history: [], message: { expires: "1h" } });
  expect(await steward.whereabouts(status!.address)).toMatchObject({ up: false });
  await expect(steward.places("nowhere")).rejects.toMatchObject({ code: "notFound" });
});

test("a message is replayed, where it ended as is said", async () => {
  await steward.run(
    { nodes: "ship1,ship2", subject: "shell", data: ['test "$STEWARD_RUN_NODE" = ship1'], id: "half" },
    { wait: "30s" },
  );
  const again = await steward.replay("half", { only: ["failed"] });
  expect(again).toMatchObject({ nodes: ["ship2"], stored: "now" });
  const [outcome] = (await again.done({ wait: "30s" })).outcomes;
  expect(outcome).toMatchObject({ state: "failed", ack: { message: { replayOf: "half" } } });
  expect((await steward.prepareReplay("half", { nodes: { exclude: "ship2" } })).nodes).toEqual(["ship1"]);
  expect((await steward.prepareReplay("half", { nodes: "ship1", to: "ship2" })).nodes).toEqual(["ship2"]);
  await expect(steward.replay("half", { only: ["expired"] })).rejects.toMatchObject({ code: "notFound" });
  await expect(steward.replay("half", { nodes: "ship3" })).rejects.toMatchObject({ code: "notFound" });
});

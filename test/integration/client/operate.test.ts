import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Steward } from "../../../src/client.ts";
import { startFleet, type Fleet } from "../../support/fleet.ts";
import { until } from "../../support/until.ts";

let fleet: Fleet;
let steward: Steward;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
  steward = await connect({ servers: fleet.server.url, from: "tester" });
});
afterAll(async () => {
  await steward.close();
  await fleet[Symbol.asyncDispose]();
});

test("groups are set, added to, listed and removed", async () => {
  const { groups } = steward;
  expect(await groups.set("web", ["ship1", "ship9"])).toMatchObject({
    nodes: ["ship1", "ship9"],
    changed: true,
    unseen: [{ node: "ship9" }],
  });
  await groups.add("web", "ship2");
  expect(await groups.list()).toEqual({ web: ["ship1", "ship2", "ship9"] });
  await groups.set("web", "ship2");
  expect((await steward.prepare({ nodes: "@web", subject: "ping" })).nodes).toEqual(["ship2"]);
  await groups.add("web", "ship1");
  expect(await groups.remove("web", { nodes: "ship2" })).toMatchObject({ nodes: ["ship1"] });
  await groups.remove("web");
  expect(await groups.list()).toEqual({});
});

test("a lane is paused and resumed, and a daemon is drained", async () => {
  await steward.lane("ship1", "command.exec", "pause", { reason: "upgrade" });
  const sent = await steward.send({ nodes: "ship1", subject: "exec", data: ["echo", "late"] });
  await until(async () => (await steward.lanes("ship1"))[0]?.waiting === 1);
  expect(await steward.lanes("ship1")).toMatchObject([{ lane: "command.exec", waiting: 1, held: "upgrade" }]);
  await steward.lane("ship1", "command.exec", "resume");
  expect((await sent.done({ wait: "30s" })).orThrow()).toMatchObject([{ stdout: "late\n" }]);
  await steward.control("ship1", "drain");
  expect(await steward.daemon("ship1")).toMatchObject({ daemon: "up", draining: true });
  await steward.control("ship1", "resume");
  expect(await steward.daemon("ship1")).toMatchObject({ draining: false });
  await expect(steward.lane("ship8", "command.exec", "pause")).rejects.toMatchObject({ code: "neverSeen" });
  await expect(steward.lanes("a.b")).rejects.toMatchObject({ code: "badName" });
});

test("a schedule is put, fires, is listed and removed", async () => {
  const { schedules } = steward;
  const draft = { nodes: ["ship1", "ship2"], subject: "exec", data: ["echo", "tick"], id: "ticks" };
  let expires = "";
  const id = await schedules.put(draft, { every: "2s" }, { onStored: (stored) => (expires = stored.expires) });
  expect([id, expires]).toEqual(["ticks", "2s"]);
  const [schedule] = await schedules.list({ id });
  expect(schedule).toMatchObject({
    id,
    nodes: ["ship1", "ship2"],
    rule: { every: "2s" },
    next: expect.any(Date) as Date,
  });
  const ended = new Set<string>();
  for await (const ack of steward.log({ id: "ticks_*", follow: true, states: ["succeeded"] })) {
    expect(ack).toMatchObject({ stdout: "tick\n", from: "tester" });
    ended.add(ack.node);
    if (ended.size === 2) break;
  }
  expect(await schedules.remove(id)).toMatchObject({ ok: true, removals: [{}, {}] });
  expect(await schedules.list()).toEqual([]);
  await expect(schedules.remove(id)).rejects.toMatchObject({ code: "notFound" });
});

test("the removal of a schedule is not ok while one of its firings runs", async () => {
  const { schedules } = steward;
  const id = await schedules.put({ nodes: "ship1", subject: "shell", data: ["sleep 4"], id: "slow" }, { every: "1s" });
  let firing = "";
  for await (const ack of steward.log({ id: "slow_*", follow: true, states: ["started"] })) {
    firing = ack.id;
    break;
  }
  const removed = await schedules.remove(id);
  expect(removed).toMatchObject({ ok: false, pending: ["ship1"], removals: [{ running: [firing] }] });
  expect(() => removed.orThrow()).toThrow(`${firing} has not ended on ship1: running`);
});

test("a rule is explained, and a wrong one refused in the words of a program", async () => {
  const { schedules } = steward;
  expect(await schedules.plan({ cron: "30 4 * * *", tz: "Europe/Oslo" })).toMatchObject({ expires: "1d" });
  const soon = new Date(Date.now() + 60_000);
  expect((await schedules.plan({ at: soon })).next?.getTime()).toBe(soon.getTime());
  for (const rule of [
    { cron: "x" },
    { at: "yesterday" },
    { every: "1ms" },
    { at: new Date(0) },
    { at: new Date("x") },
  ] as const) {
    const refused = await schedules.plan(rule).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "usage" });
    expect(String(refused)).not.toMatch(/--\w/);
  }
});

test("the lines of a text are forwarded", async () => {
  const input = Readable.from(["first\n", "second\n"]);
  const sent = await steward.forward(input, { nodes: "ship1", id: "text" }, { wait: "30s" });
  expect(sent).toMatchObject({
    id: "text",
    blocks: 1,
    summary: { succeeded: 1, failed: 0 },
    open: [],
    fault: undefined,
  });
});

test("a node that is down is retired", async () => {
  await steward.send({ nodes: "old", subject: "exec", data: ["true"] });
  await steward.groups.set("all-of-it", ["old", "ship1"]);
  expect(await steward.traces("old")).toEqual({ queued: 1, schedules: [], groups: ["all-of-it"] });
  expect(await steward.retire("old")).toMatchObject({ cancelled: 1, groups: ["all-of-it"] });
  await expect(steward.retire("old")).rejects.toMatchObject({ code: "neverSeen" });
  await expect(steward.retire("ship1")).rejects.toMatchObject({ code: "nodeUp" });
});

test("a daemon is stopped", async () => {
  await steward.control("ship2", "stop");
  await until(() => fleet.nodes["ship2"]!.exitCode() !== null, 20_000);
  await expect(steward.control("ship2", "drain")).rejects.toMatchObject({ code: "nodeDown" });
});

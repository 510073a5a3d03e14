import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Steward } from "../../../src/client.ts";
import { StewardError } from "../../../src/protocol/errors.ts";
import { startFleet, type Fleet } from "../../support/fleet.ts";

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

test("send resolves once it is stored, and done to how it ended on each node", async () => {
  const sent = await steward.send({ nodes: ["ship1", "ship2"], subject: "exec", data: ["echo", "hello"] });
  expect(sent).toMatchObject({ nodes: ["ship1", "ship2"], stored: "now", unseen: [] });
  const result = await sent.done({ wait: "30s" });
  expect(result).toMatchObject({ ok: true, pending: [] });
  const some = {
    state: "succeeded",
    ok: true,
    attempt: 1,
    exitCode: 0,
    stdout: "hello\n",
    stderr: "",
    truncated: false,
  };
  expect(result.orThrow()).toMatchObject([
    { node: "ship1", ...some },
    { node: "ship2", ...some },
  ]);
  expect(result.outcomes[0]?.ack).toMatchObject({ id: sent.id, message: { from: "tester", data: ["echo", "hello"] } });
});

test("a failure on a node is a state; only orThrow makes an error of it", async () => {
  const sent = await steward.send({ nodes: "ship1,ship2", subject: "shell", data: ["echo no >&2; exit 3"] });
  const result = await sent.done({ wait: "30s" });
  expect(result).toMatchObject({ ok: false, pending: [] });
  expect(result.outcomes).toMatchObject([{ state: "failed", exitCode: 3, stderr: "no\n", ok: false }, {}]);
  expect(() => result.orThrow()).toThrow(/failed on ship1: .* \(and of 1 more\)$/);
  try {
    result.orThrow();
  } catch (error) {
    expect(StewardError.is(error, "notAllOk")).toBe(true);
  }
});

test("a send counts the messages that are stored so far, and says when the storing ends", async () => {
  const counts: number[] = [];
  const nodes = Array.from({ length: 1001 }, (_, at) => `far${at}`);
  const onStoring = (stored: () => number): (() => void) => {
    counts.push(stored());
    return () => counts.push(stored());
  };
  await steward.send({ nodes, subject: "ping" }, { onStoring });
  expect(counts).toEqual([0, 1001]);
});

test("run does both in one, and says when all is stored", async () => {
  const stored: string[] = [];
  const result = await steward.run(
    { nodes: "ship1", subject: "exec", data: ["true"], id: "run-1" },
    { wait: "30s", onStored: (all) => stored.push(...all.map(({ id }) => id)) },
  );
  expect([result.ok, stored]).toEqual([true, ["run-1"]]);
});

test("several messages are stored in their order", async () => {
  const drafts = ["one", "two", "three"].map((word) => ({ nodes: "ship1", subject: "exec", data: ["echo", word] }));
  const all = await steward.sendAll(drafts);
  const results = await Promise.all(all.map((sent) => sent.done({ wait: "30s" })));
  expect(results.map(({ outcomes }) => outcomes[0]?.stdout)).toEqual(["one\n", "two\n", "three\n"]);
  const starts = results.map(({ outcomes }) => Date.parse(outcomes[0]?.ack?.startedAt ?? ""));
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
});

test("a message sent again under its id does not run twice, and is reported as stored before", async () => {
  const draft = { nodes: "ship1", subject: "exec", data: ["echo", "once"], id: "twice" };
  const first = await steward.send(draft);
  await first.done({ wait: "30s" });
  const second = await steward.send(draft);
  expect([first.stored, second.stored]).toEqual(["now", "before"]);
  expect((await second.done({ wait: "30s" })).outcomes).toMatchObject([{ stdout: "once\n", attempt: 1 }]);
});

test("a message of another program is attached to by its id", async () => {
  const byHand = await fleet.steward(["send", "ship1", "exec", "--id", "by-hand", "--", "echo", "hand"]);
  expect(byHand).toMatchObject({ code: 0, stdout: "hand\n" });
  const sent = await steward.attach("by-hand");
  expect(sent).toMatchObject({ id: "by-hand", nodes: ["ship1"], stored: "before" });
  expect((await sent.status()).outcomes).toMatchObject([{ stdout: "hand\n" }]);
  await expect(steward.attach("nowhere")).rejects.toMatchObject({ code: "notFound" });
  await expect(steward.attach("no pe*")).rejects.toMatchObject({ code: "badName" });
  await expect(steward.attach("by-hand", { node: "ship*" })).rejects.toMatchObject({ code: "badName" });
});

test("a node that is away leaves it pending; it can be cancelled, and never runs", async () => {
  const sent = await steward.send({ nodes: "ship3,ship1", subject: "exec", data: ["true"] });
  expect(sent.unseen).toEqual([{ node: "ship3", meant: undefined }]);
  const result = await sent.done({ wait: "1s" });
  expect(result).toMatchObject({ ok: false, pending: ["ship3"], outcomes: [{ node: "ship1", ok: true }] });
  expect(result.standings).toMatchObject([{ standing: "queued" }, { standing: "final" }]);
  const cancelled = await sent.cancel({ nodes: "ship3" });
  expect(cancelled).toMatchObject({ ok: true, pending: [], outcomes: [{ node: "ship3", state: "cancelled" }] });
  expect(cancelled.outcomes[0]?.ack?.cancelled).toMatchObject({ by: "tester", was: "queued" });
  expect((await sent.cancel()).ok).toBe(false);
});

test("a cancel takes back no more than it is asked to", async () => {
  const sent = await steward.send({ nodes: "ship3,ship4", subject: "ping", id: "narrow" });
  const none = { nodes: [], unmatched: ["ship*"] };
  await expect(sent.cancel({ nodes: none })).rejects.toMatchObject({ code: "noMatch" });
  const misspelt = { node: "ship3" };
  await expect(sent.cancel(misspelt as object)).rejects.toMatchObject({ code: "usage", message: /^node: / });
  expect((await sent.status()).pending).toEqual(["ship3", "ship4"]);
  const onOne = await steward.attach("narrow", { node: "ship3" });
  expect(await onOne.cancel({ nodes: undefined })).toMatchObject({ ok: true, outcomes: [{ node: "ship3" }] });
  expect((await sent.status()).pending).toEqual(["ship4"]);
  await sent.cancel();
});

test("patterns, labels and groups say which nodes are meant", async () => {
  const reached = async (nodes: Parameters<Steward["send"]>[0]["nodes"]): Promise<readonly string[]> =>
    (await steward.prepare({ nodes, subject: "ping" })).nodes;
  expect(await reached("ship*")).toEqual(["ship1", "ship2"]);
  expect(await reached({ exclude: "ship1" })).toEqual(["ship2"]);
  expect(await reached(["ship1", "ship1,ship2"])).toEqual(["ship1", "ship2"]);
  await expect(reached({ label: { site: "oslo" } })).rejects.toMatchObject({ code: "noMatch" });
  await expect(reached([])).rejects.toMatchObject({ code: "noMatch" });
  await expect(reached("@nobody")).rejects.toMatchObject({ code: "noMatch" });
  await expect(reached("a b")).rejects.toMatchObject({ code: "badName" });
});

test("an abort ends the waiting, not the message, and rejects with its reason", async () => {
  const sent = await steward.send({ nodes: "ship1", subject: "shell", data: ["sleep 0.5; echo done"] });
  const reason = new Error("no time");
  const waiting = sent.done({ wait: "forever", signal: AbortSignal.any([AbortSignal.abort(reason)]) });
  await expect(waiting).rejects.toBe(reason);
  const control = new AbortController();
  const later = sent.done({ wait: "forever", signal: control.signal });
  setTimeout(() => control.abort(reason), 50);
  await expect(later).rejects.toBe(reason);
  expect(await sent.done({ wait: "30s" })).toMatchObject({ ok: true });
  const soon = new AbortController();
  const slow = await steward.send({ nodes: "ship1", subject: "shell", data: ["sleep 1"] });
  setTimeout(() => soon.abort(), 50);
  expect(await slow.done({ wait: "forever", enough: soon.signal })).toMatchObject({ pending: ["ship1"], ok: false });
});

test("a program without types gets an error that names the fault", async () => {
  const sent = await steward.attach("twice");
  // @ts-expect-error: the wait is required
  await expect(sent.done({})).rejects.toMatchObject({ code: "usage", message: /^wait is missing; / });
  // @ts-expect-error: the wait is required
  await expect(sent.done()).rejects.toMatchObject({ code: "usage" });
  // @ts-expect-error: the wait is required
  await expect(steward.run({ nodes: "ship1", subject: "ping" })).rejects.toMatchObject({ code: "usage" });
  // @ts-expect-error: not a duration
  await expect(sent.done({ wait: "30 sec" })).rejects.toMatchObject({ code: "usage" });
  // @ts-expect-error: no nodes
  await expect(steward.send({ subject: "ping" })).rejects.toMatchObject({ code: "badMessage" });
  const unknown = { nodes: "ship1", subject: "ping", retry: 3 };
  await expect(steward.send(unknown)).rejects.toMatchObject({ code: "badMessage", message: /^retry: / });
});

test("a message that the broker refuses is not stored, and its id completes it later", async () => {
  const { streams } = await jetstreamManager(fleet.nc);
  const held = await steward.send({ nodes: "away", subject: "ping" });
  const { config, state } = await streams.info("STEWARD_MESSAGES");
  await streams.update("STEWARD_MESSAGES", { ...config, max_msgs: state.messages });
  const error = await steward.send({ nodes: "ship1", subject: "ping" }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "notStored", id: expect.any(String) as string });
  await streams.update("STEWARD_MESSAGES", { ...config, max_msgs: -1 });
  const { id } = error as { readonly id: string };
  const again = await steward.send({ nodes: "ship1", subject: "ping", id });
  expect(again).toMatchObject({ id, stored: "now" });
  expect(await again.done({ wait: "30s" })).toMatchObject({ ok: true });
  await held.cancel();
});

test("closing ends all that waits, and says so", async () => {
  const other = await connect({ servers: fleet.server.url });
  const sent = await other.send({ nodes: "away", subject: "ping" });
  const waiting = sent.done({ wait: "forever" });
  await other.close();
  await other.close();
  await expect(waiting).rejects.toMatchObject({ code: "closed" });
  await expect(sent.status()).rejects.toMatchObject({ code: "closed" });
});

import { getEventListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { NatsConnection } from "nats";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ConnectionEvents } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { Client } from "../../src/client/client.ts";
import type { SentEvent } from "../../src/client/events.ts";
import { Session } from "../../src/client/session.ts";
import { countQueued, readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink, type Link } from "../support/link.ts";
import { until } from "../support/until.ts";

const names = ["ship1", "ship2"];
const count = 500;

let fleet: Fleet;
let link: Link;
let steward: Client;
/** What listens to the connection's losses, and the connection that is listened to. */
let listeners: Set<ConnectionEvents>;
let nc: NatsConnection;
beforeEach(async () => {
  fleet = await startFleet(names);
  link = await startLink([fleet.server.url]);
  const broker = await openBroker({ servers: link.url, namespace: "steward" }, { name: "client", waitMs: 5000 });
  listeners = new Set();
  ({ nc } = broker);
  const onConnection = broker.onConnection.bind(broker);
  broker.onConnection = (events) => {
    const forget = onConnection(events);
    listeners.add(events);
    return () => {
      listeners.delete(events);
      forget();
    };
  };
  steward = new Client(new Session(broker, "tester"));
  // So that what lasts as long as the connection is there: the subscription for answers.
  (await steward.run({ nodes: names, subject: "ping" }, { wait: "30s" })).orThrow();
  await firstChange();
  await until(() => subscriptionsOf(nc) === 1);
  await delay(300);
});
afterEach(async () => {
  link.heal();
  await steward.close();
  await link[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

/** Waits for a change of any node, and leaves. */
async function firstChange(): Promise<void> {
  const changes = steward.nodeChanges()[Symbol.asyncIterator]();
  const changed = changes.next().then(() => true);
  // A ping may end before the watching has begun.
  for (let isOver = false; !isOver;) {
    await steward.run({ nodes: names, subject: "ping" }, { wait: "30s" });
    isOver = await Promise.race([changed, delay(200, false)]);
  }
  await changes.return?.();
}

/** What a wait could leave behind. */
const left = () => ({
  listeners: listeners.size,
  subscriptions: subscriptionsOf(nc),
  timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
  sockets: process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length,
});

function subscriptionsOf(connection: NatsConnection): number {
  const { protocol } = connection as unknown as { protocol: { subscriptions: { size(): number } } };
  return protocol.subscriptions.size();
}

/** The link is cut for 3 s, and its connections end: as behind a router that has forgotten them. */
async function cutFor3s(): Promise<void> {
  link.cut();
  await delay(3000);
  link.drop();
  link.heal();
}

test(`${count} sends, and the link cut in the middle: every done() settles right, and nothing is left open`, async () => {
  const before = left();
  const { signal } = new AbortController();
  let done = 0;
  const all = Array.from({ length: count }, async () => {
    const sent = await steward.send({ nodes: names, subject: "ping" }, { signal, wait: "2m" });
    const result = await sent.done({ wait: "2m", signal });
    done++;
    return { sent, result };
  });
  await until(() => done >= count / 5, 30_000);
  await cutFor3s();
  expect(done).toBeLessThan(count);
  const results = await Promise.all(all);
  for (const { sent, result } of results) {
    expect(result).toMatchObject({ ok: true, pending: [] });
    expect(result.outcomes.map(({ node, stdout }) => [node, stdout])).toEqual(names.map((node) => [node, "pong\n"]));
    expect(result.outcomes.every(({ ack }) => ack?.id === sent.id)).toBe(true);
  }
  expect(new Set(results.map(({ sent }) => sent.id)).size).toBe(count);
  // Each ran once: what the journal of a node has of a message is its start and its end.
  for (const { sent } of results.slice(0, 20)) expect(await readAcks(fleet.nc, sent.id)).toHaveLength(2 * names.length);
  await until(async () => (await countQueued(fleet.nc)) === 0);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  await until(
    () => JSON.stringify(left()) === JSON.stringify(before),
    10_000,
    () => JSON.stringify([before, left()]),
  );
});

test("waits that end at the cut, are aborted or are left by break leave nothing open either", async () => {
  const before = left();
  const control = new AbortController();
  const sent = await Promise.all(
    Array.from({ length: 100 }, () => steward.send({ nodes: "away", subject: "exec", data: ["true"] })),
  );
  const follow = async (): Promise<unknown> => {
    for await (const event of steward.log({ follow: true, signal: control.signal })) void event;
    return undefined;
  };
  const waits = sent.map((one) => one.done({ wait: "1s" }));
  const aborted = sent.map((one) =>
    one.done({ wait: "forever", signal: control.signal }).catch((error: unknown) => error),
  );
  const events = sent.map(async (one) => {
    for await (const event of one.events({ signal: control.signal })) void event;
  });
  const following = [...events, follow()].map((one) => one.catch((error: unknown) => error));
  await firstChange();
  link.cut();
  await Promise.all(waits.map(async (one) => expect(await one).toMatchObject({ pending: ["away"], ok: false })));
  const reason = new Error("the program ends");
  control.abort(reason);
  expect(new Set(await Promise.all([...aborted, ...following]))).toEqual(new Set([reason]));
  const back = new Promise<void>((resolve) => {
    const forget = steward.onConnection({ back: () => (forget(), resolve()) });
  });
  link.drop();
  link.heal();
  await back;
  await Promise.all(sent.map((one) => one.cancel()));
  await until(
    () => JSON.stringify(left()) === JSON.stringify(before),
    15_000,
    () => JSON.stringify([before, left()]),
  );
});

test("events over a cut link: each step and each byte once, and in order", async () => {
  const script = "for i in $(seq 1 60); do echo line $i; sleep 0.05; done";
  const sent = await steward.send({ nodes: names, subject: "shell", data: [script] });
  const seen = new Map<string, SentEvent[]>(names.map((name) => [name, []]));
  const cutting = delay(500).then(cutFor3s);
  for await (const event of sent.events()) seen.get(event.node)?.push(event);
  await cutting;
  const whole = Array.from({ length: 60 }, (_line, at) => `line ${at + 1}\n`).join("");
  for (const events of seen.values()) {
    expect(events.at(0)?.kind).toBe("started");
    expect(events.at(-1)).toMatchObject({ kind: "ended", ok: true, stdout: whole });
    const output = events.flatMap((event) => (event.kind === "output" ? [event] : []));
    expect(Buffer.concat(output.map(({ bytes }) => bytes)).toString()).toBe(whole);
    expect(events.length).toBe(output.length + 2);
  }
});

test("a message that the broker cannot confirm is unconfirmed; sent again under its id it runs once", async () => {
  link.cut("down");
  const first = await steward
    .send({ nodes: "ship1", subject: "exec", data: ["true"] }, { wait: "1s" })
    .catch((error: unknown) => error);
  expect(first).toMatchObject({ code: "unconfirmed", id: expect.any(String) as string });
  const { id } = first as { readonly id: string };
  link.drop();
  link.heal();
  const sent = await steward.send({ nodes: "ship1", subject: "exec", data: ["true"], id });
  expect(await sent.done({ wait: "30s" })).toMatchObject({ ok: true });
  expect(await readAcks(fleet.nc, id)).toHaveLength(2);
});

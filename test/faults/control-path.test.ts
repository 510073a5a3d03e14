import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import fc from "fast-check";
import { createInbox } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Broker } from "../../src/broker/connection/broker.ts";
import { controlVerbs } from "../../src/protocol/control.ts";
import { laneHoldKey, longestReason } from "../../src/protocol/lane-hold.ts";
import { parsePresence } from "../../src/protocol/presence.ts";
import { readLanes } from "../../src/state/lanes.ts";
import { aMessage, finalsById, putMessage, readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

// Attacks: whatever is asked of a daemon, and whatever stands in its queue, it lives, answers, is shown as up, and works.

/** Nobody may publish below `forbidden`: an answer there is refused by the server. */
const extraConfig = `
  no_auth_user: anyone
  authorization { users: [{ user: anyone, password: x, permissions: { publish: { deny: ["forbidden.>"] } } }] }
`;

let fleet: Fleet;
let broker: Broker;
beforeAll(async () => {
  fleet = await startFleet(["ship1"], { extraConfig });
  broker = new Broker(fleet.nc, "steward");
});
afterAll(() => fleet[Symbol.asyncDispose]());

const control = (verb: string): string => `steward.ship1.control.${verb}`;
/** `stop` does what it says. */
const verbs = [...controlVerbs.filter((verb) => verb !== "stop"), "fly", "__proto__"];

let count = 0;
/** The daemon has not ended, answers, is seen, and runs a message. */
async function assertWell(): Promise<void> {
  const node = fleet.nodes["ship1"]!;
  await fleet.nc.request(control("resume"), "", { timeout: 20_000 });
  expect((await fleet.nc.request(control("status"), "", { timeout: 20_000 })).json()).toMatchObject({
    draining: false,
  });
  const id = `well-${++count}`;
  await putMessage(fleet.nc, aMessage({ id, subject: "ping", data: [] }));
  await until(async () => finalsById(await readAcks(fleet.nc, id)).has(id), 20_000);
  expect(finalsById(await readAcks(fleet.nc, id)).get(id)).toMatchObject([{ state: "succeeded" }]);
  expect(node.exitCode()).toBeNull();
  const nodes = JSON.parse((await fleet.steward(["nodes", "--json"])).stdout) as { node: string; up: boolean }[];
  const shown = nodes.map(({ node: name, up }) => ({ name, up }));
  expect(shown).toContainEqual({ name: "ship1", up: true });
}

test("requests of any bytes, of any JSON, and with any reply subject", { timeout: 120_000 }, async () => {
  const keys = fc.constantFrom(
    "lane",
    "by",
    "reason",
    "after",
    "id",
    "subject",
    "messageType",
    "attempt",
    "__proto__",
    "x",
  );
  const odd = fc.dictionary(
    keys,
    fc.oneof(fc.jsonValue(), fc.string({ maxLength: 2000 }), fc.constant("command.nobody")),
  );
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    odd.map((value) => Buffer.from(JSON.stringify(value))),
    fc.constantFrom(
      Buffer.from("[".repeat(500_000)),
      Buffer.from('{"lane":'.repeat(100_000)),
      Buffer.from(`{"lane":"${"x".repeat(900_000)}"}`),
      Buffer.from(`{"lane":"command.x","reason":"${"x".repeat(600_000)}"}`),
      Buffer.from('{"lane":{"toString":1,"constructor":null},"__proto__":{"lane":"command.nobody"}}'),
    ),
  );
  const inbox = createInbox();
  const replies = fc.constantFrom(
    inbox,
    undefined,
    "forbidden.x",
    "*.>",
    "$JS.API.STREAM.INFO.STEWARD_ACKS",
    "a".repeat(3000),
  );
  const subjects = fc.constantFrom(
    ...verbs.map(control),
    "$SRV.PING",
    "$SRV.INFO.steward-node",
    "$SRV.STATS",
    "$SRV.x.y.z",
  );
  const asked = fc.record({ subject: subjects, body: bodies, reply: replies });
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { maxLength: 30 }), async (requests) => {
      for (const { subject, body, reply } of requests) {
        fleet.nc.publish(subject, body, reply === undefined ? {} : { reply });
      }
      // No more at once than the server keeps for a slow reader, or it cuts the daemon's connection.
      await fleet.nc.request(control("status"), "", { timeout: 20_000 });
      expect(fleet.nodes["ship1"]!.exitCode()).toBeNull();
    }),
    { numRuns: 200, plugins: [fc.interruptAfterTimeLimit(20_000)] },
  );
  await assertWell();
});

test("10,000 requests at once are all answered or refused", async () => {
  const inbox = createInbox();
  let answers = 0;
  const subscription = fleet.nc.subscribe(inbox, { callback: () => void (answers += 1) });
  for (let number = 0; number < 10_000; number++) {
    fleet.nc.publish(control(verbs[number % verbs.length]!), "{}", { reply: inbox });
  }
  await until(() => answers === 10_000, 60_000);
  subscription.unsubscribe();
  await assertWell();
});

test("no answer can be redirected to a command, a stream or live control", async () => {
  for (const reply of ["$JS.API.STREAM.PURGE.STEWARD_ACKS", control("stop"), "steward.ship1.command.ping.answer"]) {
    fleet.nc.publish(control("status"), "", { reply });
  }
  await assertWell();
  expect((await readAcks(fleet.nc)).length).toBeGreaterThan(2);
  expect(await readAcks(fleet.nc, "answer")).toEqual([]);
});

test("a request's reason is bounded, and so is that of a hold that is stored already", async () => {
  const pause = JSON.stringify({ lane: "command.exec", reason: "x".repeat(longestReason + 1) });
  const refused = await fleet.nc.request(control("pause"), pause);
  expect(refused.headers?.get("Nats-Service-Error")).toContain(`may have at most ${longestReason} characters`);
  const since = new Date().toISOString();
  const hold = { state: "quarantined", since, by: "kernel", reason: "y".repeat(600_000) };
  for (const lane of ["command.exec", "command.shell", "command.nobody"]) {
    const key = `$KV.STEWARD_NODES.${laneHoldKey("ship1", lane)}`;
    await fleet.nc.request(key, JSON.stringify(hold), { timeout: 20_000 });
  }
  const node = fleet.nodes["ship1"]!;
  await node.restart();
  const { daemon, lanes } = await readLanes(broker, "ship1");
  expect(daemon).toBe("up");
  expect(lanes.map(({ name, hold: held }) => [name, held?.reason.length])).toEqual([
    ["command.exec", longestReason],
    ["command.nobody", longestReason],
    ["command.shell", longestReason],
  ]);
  for (const { name } of lanes) await fleet.nc.request(control("resume"), JSON.stringify({ lane: name }));
  await assertWell();
});

test("thousands of holds: those of lanes with a handler count, and all that count are shown", async () => {
  const since = new Date().toISOString();
  const names = Array.from({ length: 12_000 }, (_, number) => `command.${String(number).padStart(60, "0")}`);
  for (const lane of [...names, "command.exec"]) {
    const hold = { state: "paused", since, by: "anna", reason: "z".repeat(300) };
    fleet.nc.publish(`$KV.STEWARD_NODES.${laneHoldKey("ship1", lane)}`, JSON.stringify(hold));
  }
  await fleet.nc.flush();
  const node = fleet.nodes["ship1"]!;
  await node.restart();
  const { lanes } = await readLanes(broker, "ship1");
  expect(lanes.some(({ name }) => name === "command.exec")).toBe(true);
  expect(lanes.length).toBeGreaterThan(900);
  expect(lanes.length).toBeLessThan(1100);
  const old = await fleet.nc.request(control("lanes"), "");
  expect(old.json<unknown[]>().length).toBeGreaterThan(100);
  const more = await fleet.nc.request(control("pause"), JSON.stringify({ lane: "command.another" }));
  expect(more.headers?.get("Nats-Service-Error")).toContain("lanes without a handler are held already");
  await assertWell();
  const shown = await fleet.steward(["lanes", "ship1"]);
  expect(shown.stdout.split("\n").length).toBeGreaterThan(900);
  // The heartbeat says the same.
  const status = await fleet.nc.request(control("status"), "");
  const presence = parsePresence(status.data);
  expect(presence?.lanes).toHaveLength(100);
  expect(presence?.counts).toEqual({ lanes: lanes.length, waiting: 0, running: 0 });
});

test("messages of 2,000 subjects without a handler: no lane of their own, one rejection each, in order", async () => {
  const ids = Array.from({ length: 2000 }, (_, number) => `r${10_000 + number}`);
  for (const [number, id] of ids.entries()) {
    const message = aMessage({ id, subject: `no${number % 1000}`, data: [] });
    fleet.nc.publish(`steward.ship1.command.${message.subject}.${id}`, JSON.stringify(message));
  }
  let mostLanes = 0;
  await until(async () => {
    const { counts } = (await fleet.nc.request(control("status"), "")).json<{ counts: { lanes: number } }>();
    mostLanes = Math.max(mostLanes, counts.lanes);
    return finalsById(await readAcks(fleet.nc)).has(ids.at(-1)!);
  }, 60_000);
  const finals = finalsById(await readAcks(fleet.nc));
  expect(ids.filter((id) => finals.get(id)?.length !== 1 || finals.get(id)?.[0]?.error?.code !== "noHandler")).toEqual(
    [],
  );
  expect([...finals.keys()].filter((id) => id.startsWith("r1"))).toEqual(ids);
  expect(mostLanes).toBeLessThan(1100);
});

test("a message whose headers the client library cannot read runs like any other", async () => {
  const socket = connectTcp(fleet.server.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write('CONNECT {"verbose":false,"headers":true,"protocol":1}\r\n');
  const lines = ["a b: c", "é: c", "x: a\rb", "x: a\nb", ": c", "(: c"];
  for (const [number, line] of lines.entries()) {
    const message = aMessage({ id: `odd${number}`, subject: "ping", data: [] });
    const [head, body] = [`NATS/1.0\r\nX: 1\r\n${line}\r\n\r\n`, JSON.stringify(message)];
    const sizes = `${Buffer.byteLength(head)} ${Buffer.byteLength(head + body)}`;
    socket.write(`HPUB steward.ship1.command.ping.odd${number} ${sizes}\r\n${head}${body}\r\n`);
  }
  await until(async () => finalsById(await readAcks(fleet.nc)).has(`odd${lines.length - 1}`), 20_000);
  const finals = finalsById(await readAcks(fleet.nc));
  for (const number of lines.keys()) expect(finals.get(`odd${number}`)).toMatchObject([{ state: "succeeded" }]);
  socket.destroy();
  await assertWell();
});

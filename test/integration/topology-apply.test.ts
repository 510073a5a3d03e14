import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "nats";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { applyTopology, checkTopology, type TopologyReport } from "../../src/broker/topology/apply.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";

const streams = [
  "STEWARD_SCHEDULES",
  "STEWARD_MESSAGES",
  "STEWARD_ACKS",
  "KV_STEWARD_NODES",
  "KV_STEWARD_PRESENCE",
  "KV_STEWARD_GROUPS",
  "OBJ_STEWARD_FILES",
];
const namespace = "steward";

let server: TestServer;
let nc: NatsConnection;

beforeAll(async () => {
  server = await startServer();
  nc = await connect({ servers: server.url });
});

afterAll(async () => {
  await nc.close();
  await server.stop();
});

beforeEach(async () => {
  const manager = await jetstreamManager(nc);
  for (const name of await manager.streams.names().next()) await manager.streams.delete(name);
});

describe("on an empty broker", () => {
  test("check reports missing streams and creates nothing", async () => {
    expect(await checkTopology(nc, { namespace })).toEqual(all("missing"));
    expect(await checkTopology(nc, { namespace })).toEqual(all("missing"));
  });

  test("apply creates everything, and a second apply finds it", async () => {
    expect(await applyTopology(nc, { namespace })).toEqual(all("created"));
    expect(await applyTopology(nc, { namespace })).toEqual(all("ok"));
    expect(await checkTopology(nc, { namespace })).toEqual(all("ok"));
  });

  test("several applies at once succeed", async () => {
    const reports = await Promise.all(Array.from({ length: 4 }, () => applyTopology(nc, { namespace })));
    for (const { streams: found } of reports) {
      expect(found.map(({ stream }) => stream)).toEqual(streams);
      for (const { kind } of found) expect(["created", "ok"]).toContain(kind);
    }
    expect(await checkTopology(nc, { namespace })).toEqual(all("ok"));
  });

  test("a queue that is created again does not use the sequences of the queue before", async () => {
    await applyTopology(nc, { namespace });
    const { seq } = await jetstream(nc).publish("steward.ship1.command.ping.a");
    await (await jetstreamManager(nc)).streams.delete("STEWARD_MESSAGES");
    await applyTopology(nc, { namespace });
    expect((await jetstream(nc).publish("steward.ship1.command.ping.b")).seq).toBeGreaterThan(seq);
    expect(await checkTopology(nc, { namespace })).toEqual(all("ok"));
  });

  test("the archive is created when asked for, and looked at only then", async () => {
    const archive = 90 * 86_400_000;
    expect((await applyTopology(nc, { namespace, archive })).streams.at(-1)).toEqual({
      kind: "created",
      stream: "STEWARD_ARCHIVE",
    });
    expect(await checkTopology(nc, { namespace })).toEqual(all("ok"));
    expect((await checkTopology(nc, { namespace, archive: archive * 2 })).streams.at(-1)).toEqual({
      kind: "drifted",
      stream: "STEWARD_ARCHIVE",
      drift: [{ field: "max_age", expected: archive * 2e6, actual: archive * 1e6 }],
    });
  });
});

describe("an operator's changes", () => {
  const drifted = {
    kind: "drifted",
    stream: "STEWARD_ACKS",
    drift: [{ field: "max_age", expected: 7 * 86_400e9, actual: 86_400e9 }],
  };

  test("are reported by check and by apply, and never overwritten", async () => {
    await applyTopology(nc, { namespace });
    await (await jetstreamManager(nc)).streams.update("STEWARD_ACKS", { max_age: 86_400e9 });
    expect((await checkTopology(nc, { namespace })).streams).toContainEqual(drifted);
    expect((await applyTopology(nc, { namespace })).streams).toContainEqual(drifted);
    expect((await (await jetstreamManager(nc)).streams.info("STEWARD_ACKS")).config.max_age).toBe(86_400e9);
  });

  test("do not keep apply from creating missing streams", async () => {
    await applyTopology(nc, { namespace });
    const manager = await jetstreamManager(nc);
    await manager.streams.update("STEWARD_ACKS", { max_age: 86_400e9 });
    await manager.streams.delete("OBJ_STEWARD_FILES");
    const { streams: found } = await applyTopology(nc, { namespace });
    expect(found).toContainEqual(drifted);
    expect(found).toContainEqual({ kind: "created", stream: "OBJ_STEWARD_FILES" });
  });

  test("of the number of replicas are reported only when a number is requested", async () => {
    await applyTopology(nc, { namespace });
    const { streams: found } = await checkTopology(nc, { namespace, replicas: 3 });
    expect(found.map(({ kind }) => kind)).toEqual(streams.map(() => "drifted"));
    expect(await checkTopology(nc, { namespace, replicas: 1 })).toEqual(all("ok"));
  });
});

test("two fleets in one account do not touch each other", async () => {
  const archive = 86_400_000;
  await applyTopology(nc, { namespace, archive });
  await applyTopology(nc, { namespace: "fleet-a", archive });
  const js = jetstream(nc);
  await js.publish("fleet-a.ship1.command.exec.1", "message");
  await js.publish("fleet-a.ship1.ack.command.exec.1", "ack");
  const manager = await jetstreamManager(nc);
  const stored = async (stream: string): Promise<number> => (await manager.streams.info(stream)).state.messages;
  for (const stream of ["FLEET-A_MESSAGES", "FLEET-A_ACKS", "KV_FLEET-A_NODES", "FLEET-A_ARCHIVE"]) {
    await vi.waitFor(async () => expect(await stored(stream)).toBe(1), { timeout: 10_000 });
  }
  for (const stream of [...streams, "STEWARD_ARCHIVE"]) expect([stream, await stored(stream)]).toEqual([stream, 0]);
});

test("the broker folds ACKs into the state and republishes them once stored", async () => {
  await applyTopology(nc, { namespace });
  const republished = nc.subscribe("steward.*.acked.*.*.*", { max: 1 });
  await jetstream(nc).publish("steward.ship1.ack.command.exec.1", "outcome");
  for await (const message of republished) expect(message.subject).toBe("steward.ship1.acked.command.exec.1");
  const manager = await jetstreamManager(nc);
  await vi.waitFor(
    async () => {
      const entry = await manager.direct.getMessage("KV_STEWARD_NODES", {
        last_by_subj: "$KV.STEWARD_NODES.ship1.command.exec",
      });
      expect(entry?.string()).toBe("outcome");
    },
    { timeout: 10_000 },
  );
});

function all(kind: "created" | "ok" | "missing"): TopologyReport {
  return { streams: streams.map((stream) => ({ kind, stream })) };
}

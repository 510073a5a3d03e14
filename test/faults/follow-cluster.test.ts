import { connect, headers, type NatsConnection } from "nats";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { readStream } from "../../src/broker/read/read-stream.ts";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { readStream as readAll, untilAnswered, watchdogLimit } from "../support/broker-state.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { until } from "../support/until.ts";

const stream = "STEWARD_ACKS";

let cluster: TestCluster;
let nc: NatsConnection;
beforeEach(async () => {
  cluster = await startCluster(3);
  nc = await connect({ servers: [...cluster.urls], maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  await applyTopology(nc, { namespace: "steward", replicas: 3 });
}, 60_000);
afterEach(async () => {
  await nc.close();
  await cluster[Symbol.asyncDispose]();
});

it("a follower of the log sees each ACK once and in order, while the servers of the cluster are killed in turn", async () => {
  const settings = { servers: cluster.urls.join(","), namespace: "steward" };
  await using broker = await openBroker(settings, { name: "reader", waitMs: 30_000 });
  const [ending, seen] = [new AbortController(), [] as number[]];
  const following = (async () => {
    const options = { filters: ["steward.*.ack.*.*.*"], from: "first", follow: true, signal: ending.signal } as const;
    for await (const { sequence } of readStream(broker, stream, options)) seen.push(sequence);
  })();
  let stored = 0;
  const stopping = new AbortController();
  const writing = (async () => {
    while (!stopping.signal.aborted) {
      await store(`steward.ship${stored % 3}.ack.command.exec.m${stored}`);
      stored += 1;
    }
  })();
  for (const [at, server] of cluster.servers.entries()) {
    const before = stored;
    await until(() => stored > before + 50 && seen.length > before, 60_000);
    await server.kill();
    await until(() => stored > before + 100, 60_000);
    await cluster.restart(at);
    await untilAnswered(nc, watchdogLimit);
  }
  stopping.abort();
  await writing;
  await until(() => seen.length >= stored, 60_000);
  ending.abort();
  await following;
  expect(seen).toEqual((await readAll(nc, stream)).map(({ sequence }) => sequence));
  expect(seen).toHaveLength(stored);
});

/** Tries until it is stored, and then once. */
async function store(subject: string): Promise<void> {
  const header = headers();
  header.set("Nats-Msg-Id", subject);
  for (;;) {
    const answer = await nc.request(subject, "{}", { timeout: 1000, headers: header }).catch(() => undefined);
    if (answer !== undefined && !answer.string().includes('"error"')) return;
  }
}

import { connect } from "nats";
import { expect, it } from "vitest";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { aMessage, putMessage, readAcks, untilAnswered, untilConnected } from "../support/broker-state.ts";
import { startCluster } from "../support/nats-server.ts";
import { startNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

const interval = 300;

it("S13: while three servers are killed in turn, a node that holds 50 messages resyncs a few times, and not after", async () => {
  await using cluster = await startCluster(3);
  const nc = await connect({ servers: [...cluster.urls], maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  await applyTopology(nc, { namespace: "steward", replicas: 3 });
  await using ship1 = await startNode(cluster.urls.join(","), "ship1", ["--watchdog-interval", `${interval}ms`]);
  const resyncs = async (): Promise<Record<string, number>> => {
    const reply = await nc.request("steward.ship1.control.status", "", { timeout: 5000 });
    return reply.json<{ resyncs: Record<string, number> }>().resyncs;
  };
  await putMessage(nc, aMessage({ id: "runs", subject: "shell", data: ["sleep 45"] }));
  for (let count = 0; count < 50; count++) {
    await putMessage(nc, aMessage({ id: `m${count}`, subject: "shell", data: ["true"] }));
  }
  for (const [at, server] of cluster.servers.entries()) {
    await server.kill();
    await cluster.restart(at);
    await untilConnected(nc);
    // Its new life must be in touch before the next one goes.
    const ping = aMessage({ id: `ping${at}` });
    await until(() => putMessage(nc, ping).then(Boolean, () => false), 30_000);
    await until(async () => (await readAcks(nc, ping.id).catch(() => [])).length >= 2, 30_000);
  }
  const after = await resyncs();
  const enough = Date.now() + 20 * interval;
  await until(() => Date.now() > enough, 20_000);
  console.log(`resyncs after three kills: ${JSON.stringify(after)}, and later: ${JSON.stringify(await resyncs())}`);
  const total = Object.values(after).reduce((sum, count) => sum + count, 0);
  expect(total).toBeLessThanOrEqual(12);
  expect(await resyncs()).toEqual(after);

  await untilAnswered(nc, 60_000);
  const started = (await readAcks(nc)).filter(({ state, subject }) => state === "started" && subject === "shell");
  expect(started.map(({ id }) => id)).toEqual(["runs", ...Array.from({ length: 50 }, (_, count) => `m${count}`)]);
  expect(ship1.exitCode()).toBeNull();
  await nc.close();
});

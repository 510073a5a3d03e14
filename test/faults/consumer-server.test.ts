import { connect, type NatsConnection } from "nats";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { removeConsumer, restoreConsumer } from "../../src/broker/topology/consumer.ts";
import { aMessage, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startLink } from "../support/link.ts";
import { serverNamed, startCluster, type TestCluster } from "../support/nats-server.ts";
import { asksAtRest, restSoon } from "../support/rest.ts";
import { startNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

/**
 * The longest time until the node has run the messages, in milliseconds. The node must take messages again within 10 s;
 * a busy machine needs some time to run them.
 */
const longest = 12_000;

let cluster: TestCluster;
let nc: NatsConnection;
beforeAll(async () => {
  cluster = await startCluster(3);
  nc = await connect({ servers: [...cluster.urls], maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  await applyTopology(nc, { namespace: "steward", replicas: 3 });
}, 60_000);
afterAll(async () => {
  await nc.close();
  await cluster[Symbol.asyncDispose]();
});

it.each([
  { node: "busy", signal: "SIGKILL", isIdle: false, isOwn: false },
  { node: "idle", signal: "SIGKILL", isIdle: true, isOwn: false },
  { node: "idle-stop", signal: "SIGTERM", isIdle: true, isOwn: false },
  { node: "own", signal: "SIGKILL", isIdle: false, isOwn: true },
] as const)(
  "S2: a node takes messages again soon after the server of its consumer ends, in order and once ($node, $signal)",
  async ({ node, signal, isIdle, isOwn }) => {
    const name = await spareServer();
    const victim = serverNamed(cluster.servers, name)!;
    await placeConsumer(node, name);
    const others = cluster.urls.filter((url) => url !== victim.url);
    let idleRequests = 0;
    await using link = await startLink(isOwn ? [victim.url, ...others] : others, (operation, forward) => {
      if (isIdle) restSoon(operation);
      if (asksAtRest(operation)) idleRequests += 1;
      forward();
    });
    await using ship = await startNode(link.url, node);
    const sent: string[] = [];
    const put = async (): Promise<void> => {
      const id = `${node}-${sent.length}`;
      await putMessage(nc, aMessage({ id, node }));
      sent.push(id);
    };
    await put();
    await untilAnswered(nc);
    if (isIdle) await until(() => idleRequests > 0);
    process.kill(victim.pid, signal);
    const struck = Date.now();
    await put();
    for (let count = 0; count < 20; count++) {
      await put();
      await delay(50);
    }
    const last = sent.at(-1)!;
    await until(async () => (await readAcks(nc, last).catch(() => [])).length === 2, 30_000, "the last message ran");
    const took = Date.now() - struck;
    console.log(`${node}: ${took} ms after the strike, all messages had ended`);
    await untilAnswered(nc);
    await victim.restart();
    await put();
    await untilAnswered(nc, 30_000);
    const acks = (await readAcks(nc)).filter((ack) => ack.node === node);
    expect(acks.map(({ id, state }) => `${id} ${state}`)).toEqual(
      sent.flatMap((id) => [`${id} started`, `${id} succeeded`]),
    );
    expect(ship.log()).toContain("created the consumer on another server");
    expect(took).toBeLessThan(longest);
  },
);

/** The name of a server that leads neither the cluster nor a stream. Without it, only its consumers are missing. */
async function spareServer(): Promise<string> {
  const meta = await metaLeader();
  const name = ["test-1", "test-2", "test-3"].find((one) => one !== meta)!;
  const streams = (await api<{ streams: string[] }>("$JS.API.STREAM.NAMES")).streams;
  const isSpare = async (): Promise<boolean> => {
    let spare = true;
    for (const stream of streams) {
      const { cluster: place } = await api<{ cluster?: { leader?: string } }>(`$JS.API.STREAM.INFO.${stream}`);
      if (place?.leader === undefined) spare = false;
      if (place?.leader !== name) continue;
      spare = false;
      await api(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`);
    }
    return spare;
  };
  await until(isSpare, 30_000, "no stream is led by the server");
  return name;
}

/** Each answer of the API is announced with the server that gave it. The leader says that a stream is missing. */
async function metaLeader(): Promise<string> {
  let leader: string | undefined;
  const heard = nc.subscribe("$JS.EVENT.ADVISORY.API", {
    callback: (_error, msg) => {
      const { subject, server } = msg.json<{ subject: string; server: string }>();
      if (subject.endsWith(".STREAM.INFO.NONE")) leader = server;
    },
  });
  await until(async () => {
    await api("$JS.API.STREAM.INFO.NONE").catch(() => undefined);
    return leader !== undefined;
  }, 30_000);
  heard.unsubscribe();
  return leader!;
}

async function placeConsumer(node: string, server: string): Promise<void> {
  await using broker = await openBroker(
    { servers: cluster.urls.join(","), namespace: "steward" },
    { name: "test", waitMs: 10_000 },
  );
  await until(async () => {
    await restoreConsumer(broker, node);
    const info = await api<{ cluster?: { leader?: string } }>(`$JS.API.CONSUMER.INFO.STEWARD_MESSAGES.${node}`);
    if (info.cluster?.leader === server) return true;
    await removeConsumer(broker, node);
    return false;
  }, 30_000);
}

async function api<Answer>(subject: string): Promise<Answer> {
  return (await nc.request(subject, "", { timeout: 5000 })).json<Answer>();
}

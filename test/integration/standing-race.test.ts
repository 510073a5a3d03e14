import { expect, test } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { isFinal } from "../../src/protocol/ack.ts";
import { send } from "../../src/send/send.ts";
import { readStandings } from "../../src/state/read-standings.ts";
import { readAcks } from "../support/broker-state.ts";
import { messageByHand } from "../support/by-hand.ts";
import { startCluster } from "../support/nats-server.ts";
import { startNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

// B3: what a reader is told as expired never runs, also where the replicas of a cluster lag.

test(
  "while a lane takes messages up to the moment of their expiry, no reader sees a running one as expired",
  { timeout: 60_000 },
  async () => {
    await using cluster = await startCluster(3);
    const servers = cluster.urls;
    const open = (url: string) => openBroker({ servers: url, namespace: "steward" }, { name: "test", waitMs: 20_000 });
    await using sender = await open(servers[0] ?? "");
    await applyTopology(sender.nc, { namespace: "steward", replicas: 3 });
    await using node = await startNode(servers.join(","), "ship1");
    const messages = Array.from({ length: 40 }, (_, at) =>
      messageByHand({ id: `m${at}`, data: ["sleep", "0.05"], expires: `${300 + at * 40}ms` }),
    );
    await send(sender, messages, {});
    const reported = new Set<string>();
    const asked = messages.map(({ id, node: name, messageType, subject }) => ({
      address: { id, node: name, messageType, subject },
      ack: undefined,
    }));
    const end = performance.now() + 4000;
    await Promise.all(
      servers.map(async (url) => {
        await using reader = await open(url);
        while (performance.now() < end) {
          for (const { address, standing } of await readStandings(reader, asked)) {
            if (standing === "expired") reported.add(address.id);
          }
        }
      }),
    );
    await until(async () => (await readAcks(sender.nc)).filter(isFinal).length === messages.length, 30_000);
    const finals = (await readAcks(sender.nc)).filter(isFinal);
    expect(finals.filter(({ id, state }) => reported.has(id) && state !== "expired")).toEqual([]);
    expect(new Set(finals.map(({ state }) => state))).toEqual(new Set(["succeeded", "expired"]));
    expect(node.exitCode()).toBeNull();
  },
);

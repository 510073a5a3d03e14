import { afterAll, beforeAll, expect, test } from "vitest";
import type { Broker } from "../../src/broker/connection/broker.ts";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { countInQueue } from "../../src/state/queue-counts.ts";
import { putByHand } from "../support/broker-state.ts";
import { messageByHand, storeByHand } from "../support/by-hand.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
let broker: Broker;
beforeAll(async () => {
  fleet = await startFleet();
  broker = await openBroker({ servers: fleet.server.url, namespace: "steward" }, { name: "test", waitMs: 10_000 });
  for (const node of ["ship1", "ship2", "idle"]) await putByHand(fleet.nc, `$KV.STEWARD_NODES.${node}.info`, "{}");
  const sent = [1, 2, 3].map((n) => messageByHand({ node: "ship1", id: `a${n}` }));
  await storeByHand(fleet.nc, [...sent, messageByHand({ node: "ship2", subject: "shell" })]);
});
afterAll(async () => {
  await broker.close();
  await fleet[Symbol.asyncDispose]();
});

/** Counts by node, and the filters of the listings that the broker was asked for. */
async function counted(longest: number): Promise<{ counts: object; listed: string[] }> {
  const listed: string[] = [];
  const watching = fleet.nc.subscribe("$JS.API.STREAM.INFO.STEWARD_MESSAGES", {
    callback: (_error, { data }) => {
      const body = Buffer.from(data).toString();
      if (body !== "") listed.push((JSON.parse(body) as { subjects_filter: string }).subjects_filter);
    },
  });
  await fleet.nc.flush();
  const counts = await countInQueue(broker, {}, (subject) => subject.split(".")[1] ?? "", longest);
  await fleet.nc.flush();
  watching.unsubscribe();
  return { counts: Object.fromEntries(counts), listed: listed.toSorted() };
}

test("a short queue is counted with one listing", async () => {
  expect(await counted(4)).toEqual({ counts: { ship1: 3, ship2: 1 }, listed: ["steward.*.*.*.*"] });
});

test("a long queue is counted node by node", async () => {
  const listed = ["idle", "ship1", "ship2"].map((node) => `steward.${node}.*.*.*`);
  expect(await counted(3)).toEqual({ counts: { ship1: 3, ship2: 1 }, listed });
});

test("a name without a daemon is found in a long queue too", async () => {
  await storeByHand(fleet.nc, [messageByHand({ node: "shpi1" })]);
  const { counts, listed } = await counted(3);
  expect(counts).toEqual({ ship1: 3, ship2: 1, shpi1: 1 });
  expect(listed[0]).toBe("steward.*.*.*.*");
});

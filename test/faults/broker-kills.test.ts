import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import type { Message } from "../../src/protocol/message.ts";
import { send } from "../../src/send/send.ts";
import {
  aMessage,
  finalsById,
  latestAcks,
  readAcks,
  stateEntries,
  untilAnswered,
  watchdogLimit,
} from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

const [total, kills, connections, inFlight] = [5000, 10, 4, 10];
const names = ["ship1", "ship2", "ship3"];

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(names, { syncAlways: true });
});
afterAll(async () => fleet[Symbol.asyncDispose]());

it("S2, C6: through ten kill -9 of the broker each of 5,000 sends that succeeded ends exactly once", async () => {
  const messages = Array.from({ length: total }, (_, number) => {
    const node = names[number % names.length]!;
    if (number % 5 > 0) return aMessage({ id: `m${number}`, node });
    return aMessage({ id: `m${number}`, node, messageType: "event", subject: "log", data: [`m${number}`] });
  });
  const stored: Message[] = [];
  const failed: unknown[] = [];
  const sent = sendAll(messages, stored, failed);
  for (let kill = 1; kill <= kills; kill++) {
    await until(() => stored.length + failed.length >= (kill * total) / (kills + 1), 60_000);
    expect(stored.length + failed.length).toBeLessThan(total);
    await fleet.server.kill();
    await fleet.server.restart();
  }
  await sent;
  expect(failed).toEqual([]);
  expect(stored).toHaveLength(total);
  await untilAnswered(fleet.nc, watchdogLimit);

  const acks = await readAcks(fleet.nc);
  const finals = finalsById(acks);
  const outcomes = stored.map(({ id }) => [id, finals.get(id)?.map(({ state }) => state)]);
  expect(outcomes).toEqual(stored.map(({ id }) => [id, ["succeeded"]]));
  // No daemon was killed, so nothing may have run twice, not even what the queue delivered again.
  expect(acks.filter(({ attempt }) => attempt > 1)).toEqual([]);
  const started = acks.filter(({ state }) => state === "started").map(({ id }) => id);
  expect(new Set(started).size).toBe(started.length);
  expect(started).toHaveLength(messages.filter(({ messageType }) => messageType === "command").length);
  for (const name of names) {
    const lines = await readFile(join(fleet.nodes[name]!.dataDir, "log", "test.log"), "utf8");
    const expected = messages.filter(({ node, subject }) => node === name && subject === "log").map(({ id }) => id);
    expect(sorted(lines.trimEnd().split("\n"))).toEqual(sorted(expected));
  }

  // The state bucket has followed: the latest ACK of each key, byte for byte.
  const latest = await latestAcks(fleet.nc);
  expect(latest.size).toBe(2 * names.length);
  await until(
    async () => isDeepStrictEqual(await stateEntries(fleet.nc), latest),
    30_000,
    "the state is the latest ACKs",
  );
});

/** Sends each message by itself, over several connections with several sends under way on each. */
async function sendAll(messages: readonly Message[], stored: Message[], failed: unknown[]): Promise<void> {
  const waiting = messages.values();
  const settings = { servers: fleet.server.url, namespace: "steward" };
  const connection = async (): Promise<void> => {
    await using broker = await openBroker(settings, { name: "sender", waitMs: Infinity });
    const sender = async (): Promise<void> => {
      for (const message of waiting) {
        try {
          await send(broker, [message], { waitMs: 0 });
          stored.push(message);
        } catch (error) {
          failed.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: inFlight }, sender));
  };
  await Promise.all(Array.from({ length: connections }, connection));
}

function sorted(ids: readonly string[]): string[] {
  return ids.toSorted((a, b) => a.localeCompare(b));
}

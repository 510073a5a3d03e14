import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import { aMessage, finalsById, putByHand, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { hostileInput, type Hostile } from "../support/hostile.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "central"]);
});
afterAll(async () => fleet[Symbol.asyncDispose]());

it("S6, S7, S14: 240 hostile payloads are each rejected once, with a reason, and nothing else suffers", async () => {
  const hostile = hostileInput(seeded(20), 20);
  expect(hostile).toHaveLength(240);
  for (const [number, { subject, payload, headers }] of hostile.entries()) {
    await putByHand(fleet.nc, subject, payload, headers);
    if (number % 20 === 0) await putMessage(fleet.nc, aMessage({ id: `good-${number}` }));
  }
  await untilAnswered(fleet.nc, 60_000);

  const acks = await readAcks(fleet.nc);
  const finals = finalsById(acks.filter(({ node }) => node === "ship1"));
  const outcomes = hostile.map((one) => ({
    subject: one.subject,
    finals: finalsOf(one, finals).map(({ state, attempt, error }) => [state, attempt, error?.code]),
    recreated: finalsOf(one, finals).every((ack) => recreates(ack, one)),
  }));
  expect(outcomes).toEqual(
    hostile.map(({ subject, code }) => ({ subject, finals: [["rejected", 0, code]], recreated: true })),
  );
  const good = [...finals.entries()].filter(([id]) => id.startsWith("good-")).flatMap(([, ended]) => ended);
  expect(good.map(({ state }) => state)).toEqual(Array.from({ length: 12 }, () => "succeeded"));
  expect(finals.size).toBe(hostile.length + good.length);

  // Each rejection has reached the central node as an event, and stands in its file with its reason.
  const errors = acks.filter(({ node, subject }) => node === "central" && subject === "error");
  expect(new Set(errors.map(({ id }) => id)).size).toBe(hostile.length);
  expect(errors).toHaveLength(hostile.length);
  const file = await readFile(join(fleet.nodes["central"]!.dataDir, "log", "ship1.log"), "utf8");
  const reported = file
    .trimEnd()
    .split("\n")
    .map((line) => / (\S+) rejected: .*\w+.* \(\w+\)$/.exec(line)?.[1]);
  expect(reported).toHaveLength(hostile.length);
  expect(new Set(reported)).toEqual(new Set(hostile.map((one) => finalsOf(one, finals)[0]?.id)));

  // Daemon and lanes have carried on, without a restart or a lost connection.
  expect(new Set(acks.filter(({ node }) => node === "ship1").map(({ instance }) => instance)).size).toBe(1);
  expect(fleet.nodes["ship1"]!.log()).not.toMatch(/lane broke|connection/);
  for (const sent of [["ping"], ["exec", "--", "echo", "pong"]]) {
    expect(await fleet.steward(["send", "ship1", ...sent])).toMatchObject({ code: 0, stdout: "pong\n" });
  }
});

it("S7: a subject longer than any that an ACK could be written to costs the daemon nothing", async () => {
  // Just within the broker's limit for a client's line; "ack" and the place for the answer would go beyond it.
  fleet.nc.publish(`steward.ship1.command.${"long".repeat(1010)}.longest`, "{}");
  await until(async () => (await readAcks(fleet.nc, "longest")).length > 0);
  expect(await readAcks(fleet.nc, "longest")).toMatchObject([{ state: "rejected", error: { code: "badName" } }]);
  expect(fleet.nodes["ship1"]!.log()).not.toContain("connection");
});

/** By the id of its subject; where that is no id, by the reason, which names what it came on. */
function finalsOf({ subject }: Hostile, finals: ReadonlyMap<string, Ack[]>): readonly Ack[] {
  const path = JSON.stringify(subject.slice("steward.".length).slice(0, 200));
  const byPath = (): Ack[] => [...finals.values()].flat().filter(({ error }) => error?.message.includes(path));
  return finals.get(subject.split(".")[4] ?? "") ?? byPath();
}

/** Whether the ACK alone gives back what was sent: as a message, as text or as bytes. Too large, it gives nothing. */
function recreates({ message, raw }: Ack, { payload }: Hostile): boolean {
  if (message !== undefined) return isDeepStrictEqual(message, JSON.parse(Buffer.from(payload).toString()));
  if (raw === undefined) return payload.length > 500_000;
  return Buffer.from(raw.data, raw.encoding ?? "utf8").equals(payload);
}

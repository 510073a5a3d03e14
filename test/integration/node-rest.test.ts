import { afterEach, beforeEach, expect, it } from "vitest";
import { aMessage, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink } from "../support/link.ts";
import { asksAtRest, restSoon } from "../support/rest.ts";
import { startNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

/** The longest time until a message is taken, in milliseconds. The watchdog looks after a minute for the first time. */
const longest = 10_000;

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet[Symbol.asyncDispose]());

it("S2: a message is taken soon by an idle node whose request for messages was lost, without a resync", async () => {
  let lost = 0;
  await using link = await startLink([fleet.server.url], (operation, forward) => {
    if (asksAtRest(operation) && lost++ === 0) return;
    restSoon(operation);
    forward();
  });
  await using ship1 = await startNode(link.url, "ship1");
  await until(() => lost > 0);
  const begun = Date.now();
  await putMessage(fleet.nc, aMessage({ id: "m1" }));
  await untilAnswered(fleet.nc);
  expect(Date.now() - begun).toBeLessThan(longest);
  expect(ship1.log().split('"msg":"resynced"')).toHaveLength(2);
});

it("S2: a message is taken soon by an idle node whose delivery was lost, and runs once", async () => {
  let taken = 0;
  fleet.nc.subscribe("thief", { callback: (_error, msg) => void (taken += Number(msg.reply !== undefined)) });
  let isAtRest = false;
  await using link = await startLink([fleet.server.url], async (operation, forward) => {
    if (!isAtRest) restSoon(operation);
    if (asksAtRest(operation) && !isAtRest) {
      isAtRest = true;
      // The thief asks first, so it gets the first message.
      fleet.nc.publish(operation.subject, JSON.stringify({ batch: 1, expires: 20e9 }), { reply: "thief" });
      await fleet.nc.flush();
    }
    forward();
  });
  await using ship1 = await startNode(link.url, "ship1");
  await until(() => isAtRest);
  const begun = Date.now();
  await putMessage(fleet.nc, aMessage({ id: "m1" }));
  await untilAnswered(fleet.nc);
  expect(Date.now() - begun).toBeLessThan(longest);
  expect(taken).toBe(1);
  expect((await readAcks(fleet.nc)).map(({ state }) => state)).toEqual(["started", "succeeded"]);
  expect(ship1.log()).toContain('"why":"gap"');
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { Broker } from "../../src/broker/connection/broker.ts";
import { addToGroup, removeFromGroup, removeFromGroups } from "../../src/operate/groups.ts";
import { readGroups } from "../../src/state/groups.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
let broker: Broker;
beforeAll(async () => {
  fleet = await startFleet();
  broker = new Broker(fleet.nc, "steward");
});
afterAll(() => fleet[Symbol.asyncDispose]());

test("a group is created with its first node and removed with its last", async () => {
  expect(await addToGroup(broker, "web", ["ship2", "ship1"])).toEqual({
    group: "web",
    nodes: ["ship1", "ship2"],
    changed: true,
  });
  expect(await addToGroup(broker, "web", ["ship2"])).toMatchObject({ changed: false });
  expect(await removeFromGroup(broker, "web", ["ship1"])).toMatchObject({ nodes: ["ship2"], changed: true });
  expect(await readGroups(broker)).toEqual(new Map([["web", ["ship2"]]]));
  expect(await removeFromGroup(broker, "web")).toMatchObject({ nodes: [], changed: true });
  expect(await removeFromGroup(broker, "web")).toMatchObject({ changed: false });
  expect(await readGroups(broker)).toEqual(new Map());
});

test("changes of a group by several operators at once all take effect", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `ship${index + 10}`);
  await Promise.all(names.map((name) => addToGroup(broker, "busy", [name])));
  expect((await readGroups(broker)).get("busy")).toEqual(names);
});

test("a broker without the bucket of groups asks for a new setup", async () => {
  const old = new Broker(fleet.nc, "elsewhere");
  for (const change of [addToGroup, removeFromGroup]) {
    await expect(change(old, "web", ["ship1"])).rejects.toMatchObject({ code: "streamsMissing" });
  }
});

test("a node leaves all its groups", async () => {
  await addToGroup(broker, "north", ["ship1", "ship2"]);
  await addToGroup(broker, "south", ["ship1"]);
  expect(await removeFromGroups(broker, "ship1")).toEqual(["north", "south"]);
  const groups = await readGroups(broker);
  expect([groups.get("north"), groups.get("south")]).toEqual([["ship2"], undefined]);
});

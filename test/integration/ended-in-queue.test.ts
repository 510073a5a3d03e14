import { afterAll, beforeAll, expect, test } from "vitest";
import { putByHand, readStream } from "../support/broker-state.ts";
import { ackByHand, messageByHand, storeByHand } from "../support/by-hand.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

// The daemon of ship1 ended after the final ACK, before it removed the message from the queue.

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  await putByHand(fleet.nc, "$KV.STEWARD_NODES.ship1.info", "{}");
  const reply = { node: "ship2", subject: "log" };
  await storeByHand(fleet.nc, [
    messageByHand({ id: "done" }),
    messageByHand({ id: "failed" }),
    messageByHand({ id: "replied", reply }),
    messageByHand({ id: "waits" }),
    messageByHand({ id: "pinged", subject: "ping" }),
    ackByHand({ id: "done" }),
    ackByHand({ id: "failed", state: "failed" }),
    ackByHand({ id: "replied", message: messageByHand({ id: "replied", reply }) }),
    ackByHand({ id: "pinged", subject: "ping" }),
  ]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

const inQueue = async (): Promise<string[]> =>
  (await readStream(fleet.nc, "STEWARD_MESSAGES")).map(({ subject }) => subject.split(".").at(-1) ?? "");
const steward = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = await fleet.steward(args);
  return stdout + stderr;
};

test("it is shown as ended, and does not wait", async () => {
  const states = (await steward("queue")).split("\n").map((line) => line.split(/ {2,}/).slice(3, 5).join(" "));
  expect(states.slice(1, -1)).toEqual(["done ended", "failed ended", "replied ended", "waits waiting", "pinged ended"]);
  expect(await steward("queue", "--summary")).toContain("ship1  5");
  expect(await steward("status", "done")).toContain("succeeded");
  expect((await fleet.steward(["wait", "failed"])).code).toBe(1);
  expect((await fleet.steward(["wait", "done"])).code).toBe(0);
  expect(JSON.parse(await steward("lanes", "ship1", "--json"))).toMatchObject({
    lanes: [{ name: "command.exec", waiting: 1 }],
  });
  expect(await steward("nodes", "ship1")).toMatch(/queued +5, of which 4 ended and are not removed yet\n/);
});

test("a cancel finds its end, and removes it unless its node still has to report it", async () => {
  for (const id of ["done", "failed", "replied"]) {
    expect(await steward("cancel", id)).toMatch(/ended before: (succeeded|failed)|already|ended/);
  }
  expect(await inQueue()).toEqual(["failed", "replied", "waits", "pinged"]);
});

test("its daemon removes it, and reports what it had not reported", async () => {
  await using ship1 = await startNode(fleet.server.url, "ship1");
  await until(async () => (await inQueue()).every((id) => id.startsWith("error-") || id.startsWith("reply-")));
  expect((await inQueue()).length).toBe(2);
  expect(ship1.log()).not.toContain('"level":50');
});

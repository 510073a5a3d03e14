import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ack, finalHeader, stateHeader } from "../../src/protocol/ack.ts";
import { ackSubject } from "../../src/protocol/subjects.ts";
import { putByHand } from "../support/broker-state.ts";
import { ackByHand, holdByHand, messageByHand, storeByHand } from "../support/by-hand.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";

/** Newer peers may write unknown states, in ACKs and in holds. */
const skipped = ackByHand({ id: "skipped", node: "end1", state: "skipped", final: true });
const parked = ackByHand({ id: "parked", node: "open1", state: "parked", final: false });
const silent = ackByHand({ id: "silent", node: "end2", state: "vanished" });
const encoded = ackByHand({ id: "enc", node: "out1", output: { stdout: "x", stderr: "", encoding: "zstd" } });
const reshaped = { ...ackByHand({ id: "shape", node: "out2" }), output: 7, message: { ...messageByHand(), data: {} } };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  for (const ack of [skipped, parked, silent, encoded, reshaped as unknown as Ack]) await storeAsNewer(ack);
  await storeByHand(fleet.nc, [messageByHand({ id: "parked", node: "open1" })]);
  const common = { since: "2026-01-31T12:00:00.000Z", by: "ann", reason: "night" };
  const info = { protocol: 2, version: "9.0.0", features: ["later"], labels: {}, colour: "red" };
  await fleet.nc.request("$KV.STEWARD_NODES.open1.info", JSON.stringify(info));
  await holdByHand(fleet.nc, "open1", "command.exec", { state: "reserved", ...common });
});
afterAll(() => fleet[Symbol.asyncDispose]());

/** Stores an ACK like a daemon, with its headers. */
async function storeAsNewer(ack: Ack): Promise<void> {
  const final = ack.final === undefined ? {} : { [finalHeader]: String(ack.final) };
  await putByHand(fleet.nc, ackSubject("steward", ack), JSON.stringify(ack), { [stateHeader]: ack.state, ...final });
}

interface Listed {
  readonly id?: string;
  readonly state?: string;
}

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse((await fleet.steward([args[0]!, "--json", ...args.slice(1)])).stdout) as T;
}

async function jsonLines(...args: string[]): Promise<Listed[]> {
  const { stdout } = await fleet.steward([...args, "--json"]);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Listed);
}

describe("an unknown final state", () => {
  test.each([skipped, silent])("is a failure, and is shown by its name: $state", async ({ id, node, state }) => {
    expect(await fleet.steward(["wait", id, "--wait", "0s"])).toEqual({
      code: 1,
      stdout: "",
      stderr: `${node}: ${state}\n`,
    });
    expect(await json("wait", id, "--wait", "0s")).toMatchObject({
      summary: { succeeded: 0, failed: 0, pending: 0, [state]: 1 },
    });
    expect(await json("status", id)).toMatchObject({ nodes: [{ state }], summary: { pending: 0, [state]: 1 } });
    expect((await fleet.steward(["status", id])).stdout).toContain(` ${id} ${state} 5ms`);
  });

  test.each(["failed", "ended", "unsuccessful"])("is selected by --state %s", async (word) => {
    const ids = (await jsonLines("log", "--state", word)).map(({ id }) => id);
    expect(ids.filter((id) => id === "skipped" || id === "silent" || id === "parked")).toEqual(["skipped", "silent"]);
  });

  test("is listed by `errors`", async () => {
    expect((await jsonLines("errors")).map(({ id }) => id)).toEqual(["skipped", "silent"]);
  });

  test("is shown by `nodes` as the last outcome, and counts as failed", async () => {
    const nodes = await json<{ node: string; lastOutcome?: Listed; failures: number }[]>("nodes", "end*");
    expect(nodes).toMatchObject([
      { node: "end1", lastOutcome: { state: "skipped" }, failures: 1 },
      { node: "end2", lastOutcome: { state: "vanished" }, failures: 1 },
    ]);
    expect((await fleet.steward(["nodes", "end1"])).stdout).toContain("command.exec skipped");
  });

  test("counts as not succeeded for --only", async () => {
    const dryRun = ["--dry-run", "exec", "--", "true"];
    expect(await json("send", "end1,end2", "--only", "skipped", ...dryRun)).toMatchObject({ nodes: ["end1"] });
    expect(await json("send", "end1,end2", "--only", "skipped:failed", ...dryRun)).toMatchObject({ nodes: ["end1"] });
    expect(await fleet.steward(["send", "end1,end2", "--only", "skipped:expired", ...dryRun])).toMatchObject({
      code: 5,
    });
    const again = await json<{ id: string }>("replay", "skipped", "--only", "failed", "--no-wait");
    expect(again).toMatchObject({ summary: { pending: 1 } });
  });

  test("cannot be cancelled", async () => {
    const { code, stdout } = await fleet.steward(["cancel", "skipped"]);
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining("ended as skipped") as string });
  });
});

describe("an unknown state that is not final", () => {
  test("counts as running, and is shown by its name", async () => {
    expect(await fleet.steward(["wait", "parked", "--wait", "0s"])).toMatchObject({ code: 3 });
    expect(await json("status", "parked")).toMatchObject({ nodes: [{ state: "parked" }], summary: { pending: 1 } });
    expect((await fleet.steward(["status", "parked"])).stdout).toContain("command.exec parked parked");
    expect(await json("queue", "--node", "open1")).toMatchObject({ messages: [{ id: "parked", state: "running" }] });
    expect(await jsonLines("log", "--state", "started")).toMatchObject([{ id: "parked", state: "parked" }]);
    expect(await json("nodes", "open*")).toMatchObject([{ running: 1, lanes: [{ state: "parked" }], failures: 0 }]);
  });
});

test("every unknown state of a lane holds it, and is shown by its name", async () => {
  expect(await json("nodes", "open*")).toMatchObject([{ holds: [{ lane: "command.exec", state: "reserved" }] }]);
  expect((await fleet.steward(["nodes", "open*"])).stdout).toContain("reserved 1");
  expect((await fleet.steward(["lanes", "open1"])).stdout).toContain("reserved");
});

describe("unreadable keys of an ACK", () => {
  test("an output with an unknown encoding is reported, and not shown", async () => {
    const { stdout, stderr } = await fleet.steward(["wait", "enc", "--wait", "0s"]);
    expect(stdout).toBe("");
    expect(stderr).toContain("out1: the output is encoded as zstd, which this version of Steward cannot read");
  });

  test("the other keys are read", async () => {
    expect(await fleet.steward(["wait", "shape", "--wait", "0s"])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await fleet.steward(["replay", "shape"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is not a message that this version of Steward can read") as string,
    });
  });
});

test("a message that requires an unknown feature is not sent again", async () => {
  const message = messageByHand({ id: "later", node: "req1", requires: ["later"] });
  await storeAsNewer(ackByHand({ id: "later", node: "req1", message, final: true }));
  const { code, stderr } = await fleet.steward(["replay", "later"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('requires "later"') as string });
});

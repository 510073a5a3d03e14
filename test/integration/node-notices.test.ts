import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  aMessage,
  latestAcks,
  putByHand,
  putMessage,
  readAcks,
  stateEntries,
  untilAnswered,
} from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet(["ship1", "central"]);
});
afterEach(async () => fleet[Symbol.asyncDispose]());

const logOf = (node: string, from: string): Promise<string> =>
  readFile(join(fleet.nodes[node]!.dataDir, "log", `${from}.log`), "utf8");

it("S6: each failure is reported to the central node, with the message and the reason; a success is not", async () => {
  const failing = [
    { id: "exits", subject: "exec", data: ["sh", "-c", "exit 3"], why: "failed: exit code 3 (exitCode)" },
    { id: "times", subject: "exec", data: ["sleep", "9"], timeout: "50ms", why: "failed: timed out after 50 ms" },
    { id: "starts", subject: "exec", data: ["/no/such"], why: "failed: cannot start" },
    { id: "unknown", subject: "nosuch", data: [], why: "rejected: this node has no handler for command.nosuch" },
    { id: "data", subject: "exec", data: [], why: "rejected: data must hold the program" },
  ];
  for (const { why: _why, ...parts } of failing) await putMessage(fleet.nc, aMessage(parts));
  await putByHand(fleet.nc, "steward.ship1.command.exec.garbage", "garbage");
  await putMessage(fleet.nc, aMessage({ id: "fine", subject: "exec", data: ["true"] }));
  await untilAnswered(fleet.nc);

  const lines = (await logOf("central", "ship1")).trimEnd().split("\n");
  expect(lines).toHaveLength(failing.length + 1);
  for (const { id, subject, why } of failing) {
    expect(lines.filter((line) => line.includes(` ship1 command.${subject} ${id} ${why}`))).toHaveLength(1);
  }
  expect(lines.filter((line) => line.includes("garbage rejected: the message is not JSON"))).toHaveLength(1);
  const events = (await readAcks(fleet.nc)).filter(({ node }) => node === "central");
  expect(events.map(({ subject, state }) => `${subject} ${state}`)).toEqual(lines.map(() => "error succeeded"));
});

it("S6: with the central node down its error events wait for it", async () => {
  await fleet.nodes["central"]!.kill();
  expect((await fleet.steward(["send", "ship1", "exec", "--", "false"])).code).toBe(1);
  await fleet.nodes["central"]!.restart();
  await untilAnswered(fleet.nc);
  expect(await logOf("central", "ship1")).toContain("failed: exit code 1");
});

it("S6: the failure of an error event makes no further one", async () => {
  await putMessage(fleet.nc, aMessage({ id: "bad", messageType: "event", subject: "error", data: [] }));
  await untilAnswered(fleet.nc);
  expect((await readAcks(fleet.nc)).map(({ id, state }) => [id, state])).toEqual([["bad", "rejected"]]);
});

it("S12: `--reply` sends the result as an event to any node, and the ACK stays", async () => {
  await using ship2 = await startNode(fleet.server.url, "ship2");
  const sent = await fleet.steward(["send", "ship1", "exec", "--reply", "ship2.log", "--", "echo", "the answer"]);
  expect(sent).toMatchObject({ code: 0, stdout: "the answer\n" });
  await untilAnswered(fleet.nc);
  expect(await readFile(join(ship2.dataDir, "log", "ship1.log"), "utf8")).toBe("the answer\n");

  // A failure is told there too, beside the central node.
  await fleet.steward(["send", "ship1", "exec", "--reply", "ship2.log", "--", "false"]);
  await untilAnswered(fleet.nc);
  expect(await readFile(join(ship2.dataDir, "log", "ship1.log"), "utf8")).toMatch(
    /^the answer\n.* failed: exit code 1 /,
  );
  expect(await logOf("central", "ship1")).toContain("failed: exit code 1");
});

it("S6: a copy of a failed message is not reported to the central node again", async () => {
  const message = aMessage({ id: "fails", subject: "exec", data: ["false"] });
  for (let copy = 0; copy < 3; copy++) await putMessage(fleet.nc, message);
  await untilAnswered(fleet.nc);
  await fleet.nodes["ship1"]!.restart();
  await putMessage(fleet.nc, message);
  await untilAnswered(fleet.nc);
  expect((await logOf("central", "ship1")).trimEnd().split("\n")).toHaveLength(1);
});

it("S14: the log alone gives back every message exactly, and it runs again from there", async () => {
  const all = [
    aMessage({ subject: "exec", data: ["echo", "ünïcode \u{1f6a2}\n\u0000end", ""], from: "me" }),
    aMessage({ subject: "shell", data: ["exit 4"], timeout: "7s", retries: 1, retryWait: "10ms", expires: "1h" }),
    aMessage({ subject: "ping", delivery: "atMostOnce", reply: { node: "central", subject: "log" } }),
    aMessage({ messageType: "event", subject: "log", data: ["a line\n", "another"] }),
    aMessage({ subject: "nosuch", data: ["rejected, and recorded all the same"] }),
  ];
  for (const message of all) await putMessage(fleet.nc, message);
  await untilAnswered(fleet.nc);
  const recorded = (await readAcks(fleet.nc)).filter(({ message }) => message?.node === "ship1");
  for (const message of all) {
    expect(recorded.find(({ id }) => id === message.id)?.message).toEqual(message);
  }

  const { message } = recorded.find(({ subject }) => subject === "ping")!;
  await putMessage(fleet.nc, { ...message!, id: "replayed" });
  await untilAnswered(fleet.nc);
  expect((await readAcks(fleet.nc, "replayed")).at(-1)).toMatchObject({ state: "succeeded" });
});

it("S14: a message that its final ACK could not give back does not run", async () => {
  await putMessage(fleet.nc, aMessage({ id: "large", data: ["x".repeat(1024 * 1024 - 400)] }));
  await putMessage(fleet.nc, aMessage({ id: "largest", data: ["\u0000".repeat(150_000)] }));
  await untilAnswered(fleet.nc);
  expect(await readAcks(fleet.nc, "large")).toMatchObject([{ state: "rejected", error: { code: "tooLarge" } }]);
  expect((await readAcks(fleet.nc, "largest")).at(-1)).toMatchObject({
    state: "succeeded",
    message: { data: ["\u0000".repeat(150_000)] },
  });
});

it("C6: the state bucket holds the latest ACK of each node, type and subject, byte for byte", async () => {
  for (const sent of [["exec", "--", "echo", "1"], ["exec", "--", "false"], ["ping"], ["log", "x"]]) {
    await fleet.steward(["send", "ship1", ...sent]);
  }
  await untilAnswered(fleet.nc);
  const latest = await latestAcks(fleet.nc);
  expect(latest.size).toBe(4);
  await until(
    async () => isDeepStrictEqual(await stateEntries(fleet.nc), latest),
    5000,
    "the state is the latest ACKs",
  );
});

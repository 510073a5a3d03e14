import { headers as newHeaders } from "nats";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outputSchemas } from "../../src/cli/output-schemas.ts";
import { ackByHand, messageByHand, storeByHand } from "../support/by-hand.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink } from "../support/link.ts";
import { start, type Run } from "./support.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

const ready = "watching until Ctrl-C; `published` does not mean stored\n";

async function watching(args: readonly string[], url: string = fleet.server.url): Promise<Run> {
  const run = start(["watch", ...args], { NATS_URL: url });
  await run.hasSaid(ready);
  return run;
}

async function linesOf(run: Run): Promise<string[]> {
  run.interrupt();
  const { code, stdout } = await run.ended;
  expect(code).toBe(0);
  return stdout.toString().split("\n").filter(Boolean);
}

test("a message on its way, and its ACKs", async () => {
  const run = await watching(["--node", "ship*"]);
  await fleet.steward([
    "send",
    "ship1,away1",
    "shell",
    "--id",
    "seen",
    "--from",
    "ann",
    "--wait",
    "1s",
    "echo a\nfalse",
  ]);
  await run.hasSaid("seen failed");
  const lines = await linesOf(run);
  expect(
    lines
      .join("\n")
      .replaceAll(/\d{4}-\S+Z/g, "TIME")
      .replaceAll(/\d+ms/g, "MS"),
  ).toBe(
    "TIME -> ship1 command.shell seen published by ann: echo a; false\n" +
      "TIME <- ship1 command.shell seen started\n" +
      "TIME <- ship1 command.shell seen failed MS (exitCode) exit code 1",
  );
});

test("a new schedule, and its firings with their ACKs, in JSON lines", async () => {
  const run = await watching(["--id", "tick*", "--json"]);
  await fleet.steward(["send", "ship1", "ping", "--id", "tick", "--every", "1s", "--from", "ann"]);
  await run.hasSaid('"succeeded"');
  await fleet.steward(["schedule", "rm", "tick"]);
  const values = (await linesOf(run)).map((line): unknown => JSON.parse(line));
  expect(values.map((value) => v.parse(outputSchemas["watch-line"]!, value))).toEqual(values);
  expect(values.slice(0, 3)).toMatchObject([
    { kind: "scheduled", node: "ship1", id: "tick", message: { from: "ann" } },
    { kind: "acked", id: expect.stringMatching(/^tick_\d+$/) as unknown, ack: { state: "started" } },
    { kind: "acked", id: expect.stringMatching(/^tick_\d+$/) as unknown, ack: { state: "succeeded" } },
  ]);
});

test.each([
  [
    ["--node", "far2"],
    ["b published", "b started", "c published"],
  ],
  [
    ["--subject", "shell", "--type", "command"],
    ["b published", "b started"],
  ],
  [["--subject", "log"], ["c published"]],
  [
    ["--id", "b,c"],
    ["b published", "b started", "c published"],
  ],
])("filtered: %s", async (args, expected) => {
  const run = await watching(args);
  // One after the other, because the test checks their order; then the message that ends the watch.
  for (const one of [
    messageByHand({ node: "far1", id: "a" }),
    messageByHand({ node: "far2", id: "b", subject: "shell" }),
    ackByHand({ node: "far2", id: "b", subject: "shell", state: "started" }),
    messageByHand({ node: "far2", id: "c", messageType: "event", subject: "textLogging" }),
  ]) {
    await storeByHand(fleet.nc, [one]);
  }
  const [last = ""] = expected.slice(-1);
  await run.hasSaid(last);
  expect((await linesOf(run)).map((line) => line.split(" ").slice(4, 6).join(" "))).toEqual(expected);
});

test("a message that the broker refused was published too, and has no ACK", async () => {
  const run = await watching(["--node", "far3", "--json"]);
  const headers = newHeaders();
  headers.set("Nats-Expected-Last-Sequence", "12345678");
  fleet.nc.publish("steward.far3.command.exec.no", JSON.stringify(messageByHand({ id: "no", node: "far3" })), {
    headers,
  });
  fleet.nc.publish("steward.far3.command.exec.odd", "no message");
  await run.hasSaid('"odd"');
  const happenings = (await linesOf(run)).map((line) => JSON.parse(line) as object);
  expect(happenings).toMatchObject([
    { kind: "published", id: "no" },
    { kind: "published", id: "odd" },
  ]);
  expect(happenings[1]).not.toHaveProperty("message");
});

test("a lost connection is reported, and then it continues", async () => {
  await using link = await startLink([fleet.server.url]);
  const run = await watching(["--node", "far4"], link.url);
  link.drop();
  await run.hasSaid("steward: connection lost; until it is back, only `steward log` has what happens\n");
  await run.hasSaid("steward: connected again\n");
  await storeByHand(fleet.nc, [messageByHand({ id: "after", node: "far4" })]);
  await run.hasSaid("after published");
  expect(await linesOf(run)).toHaveLength(1);
});

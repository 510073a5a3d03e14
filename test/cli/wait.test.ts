import { errors } from "nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";
import { start } from "./support.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

describe("steward wait", () => {
  test("waits for running messages, and ends as the send would have", async () => {
    await send(
      "ship1,ship2",
      "--id",
      "slow",
      "--no-wait",
      "--",
      "sh",
      "-c",
      "sleep 1; echo done; test $STEWARD_RUN_NODE = ship1",
    );
    expect(await fleet.steward(["wait", "slow"])).toEqual({
      code: 1,
      stdout: "ship2: failed: exit code 1\n  done\nship1: succeeded\n  done\n",
      stderr: "slow: 1 succeeded, 1 failed\n",
    });
    expect(await fleet.steward(["wait", "slow", "--node", "ship1"])).toEqual({ code: 0, stdout: "done\n", stderr: "" });
  });

  test("3: prints the current state when its own time is over; 130 at Ctrl-C", async () => {
    await fleet.steward(["send", "away1", "ping", "--id", "away", "--no-wait"]);
    const over = await fleet.steward(["wait", "away", "--wait", "0s", "--json"]);
    expect(over.code).toBe(3);
    expect(JSON.parse(over.stdout)).toMatchObject({ id: "away", nodes: [{ node: "away1", state: "queued" }] });
    const waiting = start(["wait", "away"], { NATS_URL: fleet.server.url });
    // A request that finds a receiver, though no answer, shows that the wait listens for ACKs.
    const listens = (): Promise<boolean> =>
      fleet.nc.request("steward.away1.acked.command.ping.away", "", { timeout: 100 }).then(
        () => false,
        (error: unknown) => error instanceof errors.TimeoutError,
      );
    await until(listens);
    waiting.interrupt();
    expect(await waiting.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("steward cancel away") as string,
    });
  });

  test("1: an expired message in the queue is reported as expired, also to a later wait", async () => {
    await fleet.steward(["send", "away2", "ping", "--expires", "100ms", "--id", "late", "--no-wait"]);
    for (const args of [
      ["wait", "late"],
      ["send", "away2", "ping", "--id", "late"],
    ]) {
      await until(async () => (await fleet.steward([...args, "--wait", "0s"])).code === 1);
      const { code, stderr } = await fleet.steward([...args, "--wait", "0s"]);
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("away2: expired in the queue") as string,
      });
    }
  });

  test.each([
    [["wait", "nosuch"], 5, "message not found: no nosuch in the queue or in the log (notFound)"],
    [["wait", "no.such"], 2, '"no.such" is not a message id (A-Z a-z 0-9 _ -, at most 40 characters) (usage)'],
    [
      ["wait", "slow", "--node", "a.b"],
      2,
      'the node name "a.b" may hold only A-Z a-z 0-9 _ - and at most 64 of them; try "a-b" (badName)',
    ],
  ])("%j", async (args, code, message) => {
    expect(await fleet.steward(args)).toEqual({ code, stdout: "", stderr: `steward: ${message}\n` });
  });
});

describe("--quiet", () => {
  test("prints nothing about success, and everything else", async () => {
    expect(await send("ship1,ship2", "--quiet", "--", "echo", "hi")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await send("ship1,ship2", "-q", "--id", "half", "--", "sh", "-c", "test $STEWARD_RUN_NODE = ship1")).toEqual(
      {
        code: 1,
        stdout: "ship2: failed: exit code 1\n",
        stderr: "half: 1 succeeded, 1 failed\n",
      },
    );
  });
});

function send(nodes: string, ...args: string[]): Promise<unknown> {
  return fleet.steward(["send", nodes, "exec", ...args]);
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";
import { start } from "./support.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2", "central"]);
  await fleet.steward(["send", "ship1,ship2", "shell", "--id", "first", 'echo "on $STEWARD_RUN_NODE"; echo err >&2']);
  await fleet.steward(["send", "ship2", "exec", "--id", "second", "--", "false"]);
  await fleet.steward(["send", "away", "ping", "--id", "third", "--no-wait"]);
  await until(async () => (await fleet.steward(["nodes", "central"])).stdout.includes("event.error"));
});
afterAll(() => fleet[Symbol.asyncDispose]());

describe("steward status", () => {
  test("shows each step of a message on each node, and the output", async () => {
    const { code, stdout } = await fleet.steward(["status", "first"]);
    expect(code).toBe(0);
    expect(withoutTimes(stdout)).toMatchInlineSnapshot(`
      "TIME ship1 command.shell first sent by USER
      TIME ship1 command.shell first started
        by instance LIFE on HOST
      TIME ship1 command.shell first succeeded MS
        on ship1
        err
      TIME ship2 command.shell first sent by USER
      TIME ship2 command.shell first started
        by instance LIFE on HOST
      TIME ship2 command.shell first succeeded MS
        on ship2
        err
      "
    `);
  });

  test("shows the output of a single node unchanged, and why a message failed", async () => {
    const { stdout } = await fleet.steward(["status", "second"]);
    expect(withoutTimes(stdout)).toMatchInlineSnapshot(`
      "TIME ship2 command.exec second sent by USER
      TIME ship2 command.exec second started
        by instance LIFE on HOST
      TIME ship2 command.exec second failed MS (exitCode) exit code 1
      "
    `);
    expect(withoutTimes((await fleet.steward(["status", "third"])).stdout)).toBe(
      "TIME away command.ping third sent by USER\nTIME away command.ping third queued; away is down\n",
    );
  });

  test("in JSON: the ACKs of each node with the times at which they were stored", async () => {
    const { stdout } = await fleet.steward(["status", "first", "--json"]);
    const { id, nodes } = JSON.parse(stdout) as { id: string; nodes: { node: string; acks: Ack[] }[] };
    expect({ id, nodes: nodes.map(({ node }) => node) }).toEqual({ id: "first", nodes: ["ship1", "ship2"] });
    expect(nodes[0]).toMatchObject({
      queued: false,
      state: "succeeded",
      acks: [{ state: "started" }, { state: "succeeded", storedAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown }],
    });
    const queued = JSON.parse((await fleet.steward(["status", "third", "--json"])).stdout) as object;
    expect(queued).toMatchObject({ nodes: [{ node: "away", queued: true, state: "queued", acks: [] }] });
  });

  test("5: for an unknown id", async () => {
    expect(await fleet.steward(["status", "nobody"])).toEqual({
      code: 5,
      stdout: "",
      stderr: "steward: message not found: no nobody in the queue or in the log (notFound)\n",
    });
  });
});

describe("steward log", () => {
  test("shows all stored ACKs, in order, one line each", async () => {
    const { code, stdout } = await fleet.steward(["log", "--node", "ship2"]);
    expect(code).toBe(0);
    expect(withoutTimes(stdout)).toMatchInlineSnapshot(`
      "TIME ship2 command.shell first started
      TIME ship2 command.shell first succeeded MS
      TIME ship2 command.exec second started
      TIME ship2 command.exec second failed MS (exitCode) exit code 1
      "
    `);
  });

  test("filtered by node, subject, state and time", async () => {
    expect(await linesOf("--subject", "exec")).toBe(2);
    expect(await linesOf("--subject", "exec", "--state", "failed", "--node", "ship2")).toBe(1);
    expect(await linesOf("--subject", "exec", "--node", "ship1")).toBe(0);
    expect(await linesOf("--since", "1h")).toBe(await linesOf());
    expect(await linesOf("--since", "0s")).toBe(0);
  });

  test("in JSON: one line each", async () => {
    const { stdout } = await fleet.steward(["log", "--json", "--state", "failed"]);
    expect(JSON.parse(stdout)).toMatchObject({
      id: "second",
      error: { code: "exitCode" },
      storedAt: expect.any(String) as unknown,
    });
  });

  test("0: with --follow it continues until Ctrl-C", async () => {
    const following = start(["log", "--follow", "--subject", "ping"], { NATS_URL: fleet.server.url });
    await fleet.steward(["send", "ship1", "ping", "--id", "followed"]);
    await following.hasSaid("followed succeeded");
    following.interrupt();
    const { code, stdout } = await following.ended;
    expect(code).toBe(0);
    expect(withoutTimes(stdout.toString())).toBe(
      "TIME ship1 command.ping followed started\nTIME ship1 command.ping followed succeeded MS\n",
    );
  });

  async function linesOf(...args: string[]): Promise<number> {
    return (await fleet.steward(["log", ...args])).stdout.split("\n").length - 1;
  }
});

function withoutTimes(text: string): string {
  return text
    .replaceAll(/sent by \S+/g, "sent by USER")
    .replaceAll(/instance \w{26} on \S+/g, "instance LIFE on HOST")
    .replaceAll(/\d{4}-\S+Z/g, "TIME")
    .replaceAll(/\b\d+(ms|s)\b( ago)?/g, (_all, _unit, ago?: string) => (ago === undefined ? "MS" : "AGO"));
}

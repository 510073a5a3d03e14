import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
  folder = await mkdtemp(join(tmpdir(), "steward-again-"));
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe("sending again with the same --id", () => {
  test("runs once, and shows the known outcome at once", async () => {
    const file = join(folder, "ran");
    const args = ["send", "ship1", "exec", "--id", "once", "--", "sh", "-c", `echo ran >> ${file}; echo out; exit 3`];
    const first = await fleet.steward(args);
    expect(first).toEqual({ code: 1, stdout: "out\n", stderr: "ship1: failed: exit code 3\n" });
    expect(await fleet.steward(args)).toEqual(first);
    await forgetRecentIds();
    expect(await fleet.steward(args)).toEqual(first);
    expect(await readFile(file, "utf8")).toBe("ran\n");
  });

  test("with other data gives a warning: the outcome is that of the first message", async () => {
    const send = (text: string): ReturnType<Fleet["steward"]> =>
      fleet.steward(["send", "ship1,ship2", "exec", "--id", "first", "--", "echo", text]);
    await send("one");
    const { code, stdout, stderr } = await send("two");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "ship1, ship2: succeeded\n  one\n" });
    expect(stderr).toBe(
      "steward: first was sent before with other data, and this is the outcome of that message; use another --id\n" +
        "first: 2 succeeded\n",
    );
    expect((await send("one")).stderr).toBe("first: 2 succeeded\n");
  });

  test("to one more node runs there", async () => {
    const args = (nodes: string): string[] => [
      "send",
      nodes,
      "exec",
      "--id",
      "wider",
      "--",
      "sh",
      "-c",
      "echo $STEWARD_RUN_NODE",
    ];
    expect((await fleet.steward(args("ship1"))).stdout).toBe("ship1\n");
    expect((await fleet.steward(args("ship1,ship2"))).stdout).toBe(
      "ship1: succeeded\n  ship1\nship2: succeeded\n  ship2\n",
    );
  });

  /** Makes the broker forget recent ids, as it does after two minutes. Then only the journal has them. */
  async function forgetRecentIds(): Promise<void> {
    const manager = await jetstreamManager(fleet.nc);
    const { config } = await manager.streams.info("STEWARD_MESSAGES");
    await manager.streams.update("STEWARD_MESSAGES", { ...config, duplicate_window: 100e6 });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
});

describe("--at-most-once", () => {
  test("expires an hour before the ACKs are deleted", async () => {
    expect(await expiresOf("--at-most-once")).toBe("167h");
    expect(await expiresOf("--at-most-once", "--expires", "2h")).toBe("2h");
    expect(await expiresOf("--expires", "30d")).toBe("30d");
  });

  test("2: a longer expiry is refused, and nothing is sent", async () => {
    const { code, stdout, stderr } = await fleet.steward([
      "send",
      "ship1",
      "ping",
      "--at-most-once",
      "--expires",
      "7d",
    ]);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "steward: an at-most-once message must expire within 167h, " +
        "because the stream of ACKs keeps only 7d (badMessage)\n",
    });
  });

  test("2: a log that is kept for less than an hour is too short for it", async () => {
    await using other = await startFleet(["ship1"]);
    const manager = await jetstreamManager(other.nc);
    await manager.streams.update("STEWARD_ACKS", { max_age: 1800e9 });
    const { code, stderr } = await other.steward(["send", "ship1", "ping", "--at-most-once"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "steward: an at-most-once message cannot be sent, because the stream of ACKs keeps only 30m (badMessage)\n",
    });
  });

  async function expiresOf(...args: string[]): Promise<string | undefined> {
    const { stdout } = await fleet.steward(["send", "ship1", "ping", "--json", ...args]);
    return (JSON.parse(stdout) as { nodes: Ack[] }).nodes[0]?.message?.expires;
  }
});

describe("an unknown node", () => {
  const warning = "steward: unknown node shipl (neverSeen); did you mean ship1? it is queued\n";
  const refused =
    "steward: unknown node shipl: nothing was sent; did you mean ship1? `steward nodes` lists the known ones (neverSeen)\n";

  test("5: is refused with --known-only, and reported without; sending to it does not make it known", async () => {
    const refusal = { code: 5, stdout: "", stderr: refused };
    expect(await fleet.steward(["send", "ship1,shipl", "ping", "--known-only"])).toEqual(refusal);
    const { code, stderr } = await fleet.steward(["send", "shipl", "ping", "--no-wait"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: warning });
    expect((await fleet.steward(["send", "shipl", "ping", "--no-wait"])).stderr).toBe(warning);
    expect(await fleet.steward(["send", "shipl", "ping", "--known-only"])).toEqual(refusal);
  });

  test("a node that is down is known", async () => {
    await fleet.nodes["ship2"]!.kill("SIGTERM");
    const { code, stderr } = await fleet.steward([
      "send",
      "ship2",
      "ping",
      "--known-only",
      "--wait",
      "200ms",
      "--id",
      "down",
    ]);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: "ship2: queued\ndown is still queued; see `steward status down`, or wait with `steward wait down`\n",
    });
  });
});

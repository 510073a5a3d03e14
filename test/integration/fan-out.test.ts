import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink, type Link } from "../support/link.ts";
import { steward } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let manager: JetStreamManager;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
  manager = await jetstreamManager(fleet.nc);
});
afterAll(async () => {
  // In order, a server writes down each of its consumers, one after the other.
  await fleet.server.kill();
  await fleet[Symbol.asyncDispose]();
});

const many = Array.from({ length: 2500 }, (_, index) => `far${index}`);

describe("to 2,500 nodes", () => {
  test("4: a full queue holds the first batches completely, and the missing nodes are reported", async () => {
    await limitQueue(2200);
    const { code, stdout, stderr } = await send("bulk");
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toMatch(
      /the broker refused to store a message: .*; not stored for far2000, far2001, .* and 480 more; send it again with the id bulk \(notStored\)\n$/,
    );
    expect(await queued("bulk")).toHaveLength(2000);
  });

  test("the same id completes it, and stores nothing twice, also when the broker has forgotten the id", async () => {
    await limitQueue(-1);
    await forgetRecentIds();
    expect(await send("bulk")).toMatchObject({ code: 0, stdout: "bulk\n" });
    const subjects = await queued("bulk");
    expect(subjects).toHaveLength(2500);
    expect(subjects.every(([, count]) => count === 1)).toBe(true);
  });

  async function send(id: string): ReturnType<Fleet["steward"]> {
    return fleet.steward(["send", many.join(","), "exec", "--id", id, "--no-wait", "--", "true"]);
  }
});

describe("one id", () => {
  test("from two senders at once runs once on each node, and both learn the outcome", async () => {
    for (let round = 0; round < 5; round++) {
      const args = ["send", "ship1,ship2", "exec", "--id", `race${round}`, "--json", "--", "sh", "-c", "echo $$"];
      const [one, other] = await Promise.all([fleet.steward(args), fleet.steward(args)]);
      expect(other).toEqual(one);
      expect(one.code).toBe(0);
      const { nodes } = JSON.parse(one.stdout) as { nodes: Ack[] };
      expect(nodes.map(({ state, attempt }) => [state, attempt])).toEqual([
        ["succeeded", 1],
        ["succeeded", 1],
      ]);
      const log = await fleet.steward(["log", "--json"]);
      const starts = log.stdout
        .split("\n")
        .filter((line) => line.includes(`"race${round}"`) && line.includes('"started"'));
      expect(starts).toHaveLength(2);
    }
  });

  test("sent again an hour later it runs nothing twice, and reaches nodes that were no targets before", async () => {
    const args = (nodes: string): string[] => [
      "send",
      nodes,
      "exec",
      "--id",
      "hour",
      "--json",
      "--",
      "sh",
      "-c",
      "echo $$",
    ];
    const first = JSON.parse((await fleet.steward(args("ship1"))).stdout) as { nodes: Ack[] };
    await forgetRecentIds();
    const later = JSON.parse((await fleet.steward(args("ship1,ship2"))).stdout) as { nodes: Ack[] };
    expect(later.nodes[0]).toEqual(first.nodes[0]);
    expect(later.nodes[1]).toMatchObject({ node: "ship2", state: "succeeded", attempt: 1 });
  });
});

describe("a batch whose answer is lost", () => {
  const names = ["away1", "away2", "away3"];

  test.each([
    ["was stored: it is told as stored, and stands there once", true],
    ["was not stored: it is sent again, and stands there once", false],
  ])("%s", async (_what, reaches) => {
    const id = `lost-${reaches}`;
    let commits = 0;
    await using link: Link = await startLink([fleet.server.url], async ({ headers }, forward) => {
      if (!headers.includes("Nats-Batch-Commit") || ++commits > 1) return forward();
      link.cut("down");
      if (reaches) forward();
      await until(async () => !reaches || (await queued(id)).length === 3);
      link.drop();
      link.heal();
    });
    const sent = await steward(link.url, ["send", names.join(","), "exec", "--id", id, "--no-wait", "--", "true"]);
    expect(sent).toMatchObject({ code: 0, stdout: `${id}\n` });
    expect(commits).toBeGreaterThan(1);
    expect((await queued(id)).map(([, count]) => count)).toEqual([1, 1, 1]);
  });

  test("and a sender that stops waiting gets the state as soon as the broker answers", async () => {
    await using link: Link = await startLink([fleet.server.url], ({ headers }, forward) => {
      if (headers.includes("Nats-Batch-Commit")) link.cut("down");
      forward();
    });
    const args = ["send", names.join(","), "exec", "--id", "gave-up", "--no-wait", "--", "true"];
    const sending = steward(link.url, args);
    await until(async () => (await queued("gave-up")).length === 3);
    // It gives up 30 s after it has begun, and then asks for another 5 s.
    await new Promise((resolve) => setTimeout(resolve, 31_500));
    link.heal();
    expect(await sending).toMatchObject({ code: 0, stdout: "gave-up\n" });
    expect((await queued("gave-up")).map(([, count]) => count)).toEqual([1, 1, 1]);
  }, 60_000);
});

async function queued(id: string): Promise<[string, number][]> {
  const { state } = await manager.streams.info("STEWARD_MESSAGES", { subjects_filter: `steward.*.*.*.${id}` });
  return Object.entries(state.subjects ?? {});
}

async function limitQueue(messages: number): Promise<void> {
  const { config } = await manager.streams.info("STEWARD_MESSAGES");
  await manager.streams.update("STEWARD_MESSAGES", { ...config, max_msgs: messages });
}

/** Makes the broker forget which ids it has stored lately, as it does after two minutes. */
async function forgetRecentIds(): Promise<void> {
  const { config } = await manager.streams.info("STEWARD_MESSAGES");
  const since = Date.now();
  await manager.streams.update("STEWARD_MESSAGES", { ...config, duplicate_window: 100e6 });
  await until(() => Date.now() > since + 300);
  await manager.streams.update("STEWARD_MESSAGES", config);
}

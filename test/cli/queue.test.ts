import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message } from "../../src/protocol/message.ts";
import { ackByHand, holdByHand, messageByHand, storeByHand } from "../support/by-hand.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  const sent = (node: string, id: string, changes: Partial<Message> = {}): Message =>
    messageByHand({ node, id, ...changes });
  await storeByHand(fleet.nc, [ackByHand({ id: "b", state: "started" })]);
  // One after the other, because the test checks their order.
  for (const message of [
    sent("ship1", "a", { expires: "2h", data: ["a\u001B[31m\nb", "x".repeat(100)] }),
    sent("ship1", "b"),
    sent("ship2", "c", { messageType: "event", subject: "log", data: [] }),
    sent("ship2", "d", { expires: "1ms" }),
    sent("ship2", "e", { subject: "shell" }),
    sent("old3", "f"),
    sent("old3", "g"),
  ]) {
    await storeByHand(fleet.nc, [message]);
  }
  await storeByHand(fleet.nc, [
    ackByHand({ node: "ship2", id: "e", subject: "shell", state: "retrying", attempt: 2 }),
    ackByHand({ node: "old3", id: "g", state: "interrupted" }),
  ]);
  const common = { since: "2026-01-31T12:00:00.000Z", by: "kernel", reason: "why" } as const;
  await holdByHand(fleet.nc, "ship1", "command.exec", { state: "quarantined", ...common });
});
afterAll(() => fleet[Symbol.asyncDispose]());

test("oldest first: since when it waits or runs, its sender, its expiry and its data", async () => {
  const { code, stdout, stderr } = await fleet.steward(["queue"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(plain(stdout)).toMatchInlineSnapshot(`
    "STORED NODE LANE ID STATE FROM EXPIRES DATA
    AGO ship1 command.exec a waiting (quarantined) ann in 1h a�[31m; b xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
    AGO ship1 command.exec b running ann - uname -a
    AGO ship2 event.log c waiting ann - -
    AGO ship2 command.exec d expired ann - uname -a
    AGO ship2 command.shell e retrying attempt 2 ann - uname -a
    AGO old3 command.exec f waiting ann - uname -a
    AGO old3 command.exec g ended ann - uname -a
    "
  `);
});

describe("filters", () => {
  test.each([
    [
      ["--node", "ship1"],
      ["a", "b"],
    ],
    [
      ["--node", "ship2,old3"],
      ["c", "d", "e", "f", "g"],
    ],
    [
      ["--node", "ship*", "--type", "command"],
      ["a", "b", "d", "e"],
    ],
    [
      ["--node", "ship*", "--node", "old*", "--subject", "sh*", "--subject", "log"],
      ["c", "e"],
    ],
    [["--subject", "log"], ["c"]],
    [["--node", "nobody"], []],
    [["--node", "x*"], []],
  ])("by %s", async (args, ids) => {
    expect(await idsOf(args)).toEqual(ids);
  });

  test.each([
    [[], "5 more: raise --limit, or count with --summary\n"],
    [["--node", "ship*"], "3 more: raise --limit, or count with --summary\n"],
    [["--subject", "ex*"], "there may be more: raise --limit, or count with --summary\n"],
    [["--node", "ship1"], ""],
  ])("limited, with the number of the remaining messages: %s", async (args, said) => {
    const { stdout, stderr } = await fleet.steward(["queue", "--limit", "2", ...args]);
    expect({ rows: stdout.split("\n").length - 2, stderr }).toEqual({ rows: 2, stderr: said });
  });
});

test("in JSON: each with its message, its last step and its hold", async () => {
  const { stdout } = await fleet.steward(["queue", "--json", "--limit", "2"]);
  expect(JSON.parse(stdout)).toMatchObject({
    messages: [
      {
        node: "ship1",
        id: "a",
        state: "waiting",
        storedAt: expect.stringMatching(/Z$/) as unknown,
        expiresAt: expect.stringMatching(/Z$/) as unknown,
        message: { from: "ann", expires: "2h" },
        hold: { state: "quarantined", reason: "why" },
      },
      { node: "ship1", id: "b", state: "running", attempt: 1 },
    ],
    more: 5,
  });
});

describe("summary", () => {
  test("the length of each queue, and since when", async () => {
    const { stdout, stderr } = await fleet.steward(["queue", "--summary"]);
    expect(plain(stdout)).toBe("NODE QUEUED OLDEST\nship2 3 AGO\nold3 2 AGO\nship1 2 AGO\n");
    expect(stderr).toBe("7 on 3 nodes\n");
    const few = await fleet.steward([
      "queue",
      "--summary",
      "--json",
      "--limit",
      "1",
      "--type",
      "command",
      "--node",
      "ship*",
    ]);
    expect(JSON.parse(few.stdout)).toMatchObject({ nodes: [{ node: "ship1", queued: 2 }], total: 4 });
  });

  test("only whole subjects", async () => {
    expect(await fleet.steward(["queue", "--summary", "--subject", "ex*"])).toMatchObject({ code: 2, stdout: "" });
    expect((await fleet.steward(["queue", "--summary", "--subject", "shell"])).stderr).toBe("1 on 1 node\n");
  });
});

test("an empty queue is not an error", async () => {
  const nothing = { code: 0, stdout: "", stderr: "no messages are queued or running\n" };
  expect(await fleet.steward(["queue", "--node", "idle"])).toEqual(nothing);
  expect(await fleet.steward(["queue", "--node", "idle", "--summary"])).toEqual(nothing);
  expect((await fleet.steward(["queue", "--node", "idle", "--json"])).stdout).toBe('{"messages":[],"more":0}\n');
});

async function idsOf(args: readonly string[]): Promise<string[]> {
  const { stdout } = await fleet.steward(["queue", "--json", ...args]);
  return (JSON.parse(stdout) as { messages: { id: string }[] }).messages.map(({ id }) => id);
}

function plain(text: string): string {
  return text.replaceAll(/\b\d+(?:ms|s|m|h) ago/g, "AGO").replaceAll(/ +/g, " ");
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import type { Message } from "../../src/protocol/message.ts";
import { putByHand, readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
  const options = ["--timeout", "9s", "--retries", "1", "--retry-wait", "10ms", "--expires", "1h", "--from", "anna"];
  const script = 'echo "on $STEWARD_RUN_NODE"; test $STEWARD_RUN_NODE = ship1';
  await fleet.steward(["send", "ship1,ship2", "shell", "--id", "first", ...options, script]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

interface Document {
  readonly id: string;
  readonly nodes: readonly Ack[];
  readonly summary: Readonly<Record<string, number>>;
}

async function replay(...args: string[]): Promise<Document & { readonly code: number | null }> {
  const { code, stdout } = await fleet.steward(["replay", "--json", ...args]);
  return { code, ...(JSON.parse(stdout) as Document) };
}

const originals = async (id: string): Promise<(Message | undefined)[]> =>
  (await readAcks(fleet.nc, id)).flatMap(({ message }) => message ?? []);

test("S14: a message is sent again unchanged, except for the id, the time, and the id of the original", async () => {
  const { code, id, nodes, summary } = await replay("first");
  expect({ code, summary }).toEqual({ code: 1, summary: { succeeded: 1, failed: 1, pending: 0 } });
  expect(id).toMatch(/^[0-9A-Z]{26}$/);
  const before = new Map((await originals("first")).map((message) => [message?.node, message]));
  for (const { node, message } of nodes) {
    const original = before.get(node);
    expect(message?.createdAt).not.toBe(original?.createdAt);
    expect(message).toEqual({ ...original, id, createdAt: message?.createdAt, replayOf: "first" });
  }
  expect(nodes.map(({ node }) => node)).toEqual(["ship1", "ship2"]);
});

test("it waits and prints like a send", async () => {
  expect(await fleet.steward(["replay", "first", "--node", "ship1"])).toEqual({
    code: 0,
    stdout: "on ship1\n",
    stderr: "",
  });
  const { code, stdout } = await fleet.steward(["replay", "first", "--no-wait"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^[0-9A-Z]{26}\n$/) as unknown });
});

test("--only selects by outcome, and a replay can be replayed", async () => {
  const { id, nodes } = await replay("first", "--only", "failed,expired");
  expect(nodes.map(({ node }) => node)).toEqual(["ship2"]);
  const again = await replay(id);
  expect(again.nodes.map(({ message }) => message?.replayOf)).toEqual([id]);
});

test("--to sends it to another node, once", async () => {
  const { code, nodes } = await replay("first", "--to", "ship1");
  expect({ code, to: nodes.map(({ node, message }) => [node, message?.node]) }).toEqual({
    code: 0,
    to: [["ship1", "ship1"]],
  });
  expect(nodes[0]?.output?.stdout).toBe("on ship1\n");
});

test("while it is queued, the original is read from the queue", async () => {
  await fleet.steward(["send", "away", "exec", "--id", "waiting", "--no-wait", "--", "echo", "here"]);
  const { code, nodes } = await replay("waiting", "--to", "ship1");
  expect({ code, stdout: nodes[0]?.output?.stdout, of: nodes[0]?.message?.replayOf }).toEqual({
    code: 0,
    stdout: "here\n",
    of: "waiting",
  });
});

test("a firing of a schedule is sent again with a plain id, even while it is running", async () => {
  await fleet.steward(["send", "ship1", "exec", "--id", "tick", "--at", soon(), "--", "sleep", "1.5"]);
  const firing = async (): Promise<Ack | undefined> =>
    (await readAcks(fleet.nc)).findLast(({ id }) => id.startsWith("tick_"));
  await until(async () => (await firing())?.state === "started");
  const id = (await firing())?.id ?? "";
  const running = await replay(id, "--to", "ship2");
  const ended = await replay(id);
  for (const one of [running, ended]) {
    expect(one).toMatchObject({ code: 0, nodes: [{ message: { replayOf: id, data: ["sleep", "1.5"] } }] });
    expect(one.id).toMatch(/^[0-9A-Z]{26}$/);
  }
});

describe("messages that cannot be sent again, reported on one line", () => {
  test("5: an unknown id, or no such outcome", async () => {
    const refusal = (stderr: string): object => ({ code: 5, stdout: "", stderr: `steward: ${stderr} (notFound)\n` });
    expect(await fleet.steward(["replay", "none"])).toEqual(
      refusal("message not found: no none in the queue or in the log"),
    );
    expect(await fleet.steward(["replay", "first", "--node", "away"])).toEqual(
      refusal("message not found: no first in the queue or in the log for away"),
    );
    expect(await fleet.steward(["replay", "first", "--only", "expired"])).toEqual(
      refusal("not found: first has the state expired on no node"),
    );
  });

  test("2: an original that is not a message", async () => {
    await putByHand(fleet.nc, "steward.ship1.command.exec.junk", "no message at all");
    await until(async () => (await readAcks(fleet.nc, "junk")).length === 1);
    expect(await fleet.steward(["replay", "junk"])).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "steward: junk on ship1 command.exec is not a message that this version of Steward can read, so it cannot be sent again (badMessage)\n",
    });
  });

  test("5: an original that was left out because it was too large", async () => {
    const ack = {
      id: "full",
      node: "ship1",
      messageType: "command",
      subject: "exec",
      state: "failed",
      attempt: 1,
      instance: "x",
    };
    await putByHand(fleet.nc, "steward.ship1.ack.command.exec.full", JSON.stringify(ack));
    expect(await fleet.steward(["replay", "full"])).toEqual({
      code: 5,
      stdout: "",
      stderr:
        "steward: the log does not contain the original of full on ship1 command.exec, so it cannot be sent again (notFound)\n",
    });
  });

  test("2: an invalid command line", async () => {
    expect(await fleet.steward(["replay", "first", "--only", "lost"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--only lost: must be one or several of succeeded, failed, ") as unknown,
    });
    expect((await fleet.steward(["replay", "a.b"])).code).toBe(2);
    expect((await fleet.steward(["replay", "first", "--to", "all"])).code).toBe(2);
  });
});

function soon(): string {
  return new Date(Date.now() + 1000).toISOString();
}

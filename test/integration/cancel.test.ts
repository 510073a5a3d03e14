import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aMessage, countQueued, putByHand, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type CliResult, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";
import { isRunning } from "../unit/exec/support.ts";

let fleet: Fleet;
let ship1: TestNode;
beforeEach(async () => {
  fleet = await startFleet(["ship1"]);
  ship1 = fleet.nodes["ship1"]!;
});
afterEach(() => fleet[Symbol.asyncDispose]());

const send = (to: string, id: string, ...args: string[]) =>
  fleet.steward(["send", "--id", id, "--no-wait", to, ...args]);
const cancel = (...args: string[]): Promise<CliResult> => fleet.steward(["cancel", ...args, "--from", "anna"]);
const statesOf = async (id: string): Promise<string[]> => (await readAcks(fleet.nc, id)).map(({ state }) => state);
const hasState = (id: string, state: string) => until(async () => (await statesOf(id)).at(-1) === state);
const withoutTimes = ({ stdout }: CliResult): string => stdout.replaceAll(/\d{4}-\S+Z/g, "TIME");

/** Sends what tells its process id and then runs until it is ended. Resolves to that id once it runs. */
async function sendLong(id: string, ...options: string[]): Promise<number> {
  await send("ship1", id, "shell", "echo $$; exec sleep 100", ...options);
  await hasState(id, "started");
  // The daemon has other children too: one that makes pipes, and perhaps a shell that waits.
  const children = (): string[] => readFileSync(`/proc/${ship1.pid}/task/${ship1.pid}/children`, "utf8").split(" ");
  const sleeping = (): string | undefined => children().find((pid) => pid !== "" && nameOf(pid) === "sleep");
  await until(() => sleeping() !== undefined);
  return Number(sleeping());
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return ""; // it has ended meanwhile
  }
}

describe("queued", () => {
  test("behind a busy lane: it never runs, and the lane goes on without it", async () => {
    const [mark, go] = [join(ship1.dataDir, "mark"), join(ship1.dataDir, "go")];
    await send("ship1", "busy", "shell", `until test -e ${go}; do sleep 0.05; done`);
    await send("ship1", "taken-back", "shell", `touch ${mark}`);
    await hasState("busy", "started");
    const cancelled = await cancel("taken-back");
    expect(withoutTimes(cancelled)).toBe("ship1 command.shell: cancelled by anna at TIME, while queued\n");
    expect(cancelled.code).toBe(0);
    writeFileSync(go, "");
    expect(await fleet.steward(["send", "ship1", "shell", "echo next"])).toMatchObject({ code: 0, stdout: "next\n" });
    expect(existsSync(mark)).toBe(false);
    const [ack, ...more] = await readAcks(fleet.nc, "taken-back");
    expect(more).toEqual([]);
    expect(ack).toMatchObject({
      state: "cancelled",
      attempt: 0,
      error: { code: "cancelled", message: "cancelled by anna while queued" },
      cancelled: { by: "anna", was: "queued", at: ack?.finishedAt },
      message: { id: "taken-back", data: [`touch ${mark}`] },
    });
    expect(await countQueued(fleet.nc)).toBe(0);
  });

  test("for a node that is down: it is removed from the queue", async () => {
    await send("away", "early", "ping");
    await send("away", "noted", "log", "a line");
    expect((await cancel("early")).code).toBe(0);
    expect(withoutTimes(await cancel("noted"))).toBe("away event.log: cancelled by anna at TIME, while queued\n");
    expect(await countQueued(fleet.nc)).toBe(0);
    await using away = await startNode(fleet.server.url, "away");
    expect((await fleet.steward(["send", "away", "ping"])).stdout).toBe("pong\n");
    expect(await statesOf("early")).toEqual(["cancelled"]);
    expect(await statesOf("noted")).toEqual(["cancelled"]);
    expect(existsSync(join(away.dataDir, "log"))).toBe(false);
  });

  test("when the node comes back between the cancel and its removal from the queue, it is only removed", async () => {
    const message = aMessage({ node: "away", subject: "shell", id: "between", data: ["touch mark"] });
    await putMessage(fleet.nc, message);
    const cancelled = { by: "anna", at: message.createdAt, was: "queued" };
    const ack = { ...message, state: "cancelled", attempt: 0, instance: "canceller", cancelled };
    await putByHand(fleet.nc, "steward.away.ack.command.shell.between", JSON.stringify(ack));
    await using away = await startNode(fleet.server.url, "away");
    await untilAnswered(fleet.nc);
    expect(await statesOf("between")).toEqual(["cancelled"]);
    expect(away.log()).not.toContain('"level":50');
  });

  test("a payload that is not a message can be cancelled too, and its bytes are kept", async () => {
    await fleet.steward(["send", "away", "ping", "--no-wait"]);
    await putByHand(fleet.nc, "steward.away.command.ping.nonsense", "{no message");
    expect((await cancel("nonsense")).code).toBe(0);
    expect(await readAcks(fleet.nc, "nonsense")).toMatchObject([{ state: "cancelled", raw: { data: "{no message" } }]);
  });
});

describe("running", () => {
  test("its processes are ended, and its output is kept", async () => {
    const pid = await sendLong("endless");
    const cancelled = await cancel("endless");
    expect(withoutTimes(cancelled)).toBe("ship1 command.shell: cancelled by anna at TIME, while running\n");
    expect(cancelled.code).toBe(0);
    const [started, final, ...more] = await readAcks(fleet.nc, "endless");
    expect(more).toEqual([]);
    expect(started?.state).toBe("started");
    expect(final).toMatchObject({
      state: "cancelled",
      attempt: 1,
      error: { code: "cancelled", message: "cancelled by anna while running" },
      cancelled: { by: "anna", was: "running" },
      message: { id: "endless" },
    });
    expect(final?.output?.stdout).toBe(`${pid}\n`);
    expect(isRunning(pid)).toBe(false);
    await untilAnswered(fleet.nc);
    expect((await fleet.steward(["send", "ship1", "shell", "echo next"])).stdout).toBe("next\n");
  });

  test("between two attempts: no further one is made", async () => {
    await send("ship1", "again", "exec", "--retries", "5", "--retry-wait", "1h", "--", "false");
    await hasState("again", "retrying");
    const cancelled = await cancel("again");
    expect(withoutTimes(cancelled)).toBe("ship1 command.exec: cancelled by anna at TIME, while running\n");
    expect(await statesOf("again")).toEqual(["started", "retrying", "cancelled"]);
    await untilAnswered(fleet.nc);
  });

  test.each([[[]], [["--at-most-once"]]])(
    "its daemon was killed (sent with %j): it does not run again",
    async (options) => {
      const pid = await sendLong("orphan", ...options);
      await ship1.kill();
      const cancelled = await cancel("orphan");
      expect(withoutTimes(cancelled)).toBe("ship1 command.shell: cancelled by anna at TIME, while running\n");
      expect(cancelled.code).toBe(0);
      expect(await countQueued(fleet.nc)).toBe(0);
      expect(isRunning(pid)).toBe(true);
      await ship1.restart();
      expect(isRunning(pid)).toBe(false);
      expect((await fleet.steward(["send", "ship1", "shell", "echo next"])).stdout).toBe("next\n");
      const acks = await readAcks(fleet.nc, "orphan");
      expect(acks.map(({ state, attempt }) => [state, attempt])).toEqual([
        ["started", 1],
        ["cancelled", 1],
      ]);
      expect(acks[1]?.instance).not.toBe(acks[0]?.instance);
      expect(acks[1]).toMatchObject({ message: { id: "orphan" }, cancelled: { by: "anna", was: "running" } });
    },
  );

  test("3: its daemon does not answer, so the outcome is unknown", async () => {
    await sendLong("held-up");
    process.kill(ship1.pid, "SIGSTOP");
    const { code, stdout } = await cancel("held-up");
    process.kill(ship1.pid, "SIGCONT");
    expect(stdout).toBe("ship1 command.shell: not decided: it is running, and its node does not answer\n");
    expect(code).toBe(3);
    // Once it goes on, it finds what was asked of it.
    await hasState("held-up", "cancelled");
  });
});

describe("ended", () => {
  test("1: it had ended before", async () => {
    await fleet.steward(["send", "ship1", "ping", "--id", "done"]);
    const cancelled = await cancel("done");
    expect(withoutTimes(cancelled)).toBe("ship1 command.ping: had already ended as succeeded at TIME\n");
    expect(cancelled.code).toBe(1);
    expect(await statesOf("done")).toEqual(["started", "succeeded"]);
  });

  test("0: it was cancelled before, and by whom", async () => {
    await send("away", "twice", "ping");
    await fleet.steward(["cancel", "twice", "--from", "bert"]);
    const cancelled = await cancel("twice");
    expect(withoutTimes(cancelled)).toBe(
      "away command.ping: had already been cancelled by bert at TIME, while queued\n",
    );
    expect(cancelled.code).toBe(0);
    expect(await statesOf("twice")).toEqual(["cancelled"]);
  });

  test("0: by several at once, one of which takes effect", async () => {
    await send("away", "contended", "ping");
    const all = await Promise.all(["a", "b", "c"].map((by) => fleet.steward(["cancel", "contended", "--from", by])));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    const [ack, ...more] = await readAcks(fleet.nc, "contended");
    expect(more).toEqual([]);
    for (const { stdout } of all) expect(stdout).toContain(`cancelled by ${ack?.cancelled?.by} at `);
    expect(all.filter(({ stdout }) => !stdout.includes("had already"))).toHaveLength(1);
  });

  test("5: the id is unknown, or unknown on that node", async () => {
    await send("away", "elsewhere", "ping");
    expect(await cancel("nothing")).toEqual({
      code: 5,
      stdout: "",
      stderr: "steward: message not found: no nothing in the queue or in the log (notFound)\n",
    });
    expect(await cancel("elsewhere", "--node", "ship1")).toMatchObject({ code: 5 });
    expect(await statesOf("elsewhere")).toEqual([]);
  });
});

test("on several nodes the outcome of each is reported", async () => {
  const line = 'test "$STEWARD_RUN_NODE" = ship1 || exec sleep 100';
  await using ship2 = await startNode(fleet.server.url, "ship2");
  await send(`ship1,${ship2.name},away`, "mixed", "shell", line);
  await until(async () => (await readAcks(fleet.nc, "mixed")).filter(({ node }) => node === "ship1").length === 2);
  await until(async () => (await readAcks(fleet.nc, "mixed")).some(({ node }) => node === "ship2"));
  const { code, stdout } = await cancel("mixed", "--json");
  expect(code).toBe(1);
  const { id, nodes } = JSON.parse(stdout) as { id: string; nodes: { node: string }[] };
  expect(id).toBe("mixed");
  expect(nodes.toSorted((a, b) => a.node.localeCompare(b.node))).toMatchObject([
    { node: "away", kind: "ended", before: false, ack: { state: "cancelled", cancelled: { was: "queued" } } },
    { node: "ship1", kind: "ended", before: true, ack: { state: "succeeded" } },
    { node: "ship2", kind: "ended", before: false, ack: { state: "cancelled", cancelled: { was: "running" } } },
  ]);
});

import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { outputSchemas } from "../../src/cli/output-schemas.ts";
import { byName } from "../../src/util/by-name.ts";
import { ackByHand, holdByHand, messageByHand, storeByHand } from "../support/by-hand.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";
import { run } from "./support.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

describe("one node, step by step", () => {
  test("how it was sent, each attempt with its error, the daemon that ran it, and the last output", async () => {
    const options = "--timeout 20s --retries 1 --retry-wait 10ms --expires 1h --reply ship9.log --from ann";
    await fleet.steward([...`send ship1 shell --id again ${options}`.split(" "), "--", "echo out; exit 3"]);
    expect(plain((await fleet.steward(["status", "again"])).stdout)).toMatchInlineSnapshot(`
      "TIME ship1 command.shell again sent by ann, timeout 20s, retries 1 after 10ms, expires 1h, reply to ship9.log
      TIME ship1 command.shell again started
        by instance LIFE on HOST
      TIME ship1 command.shell again retrying MS (exitCode) exit code 3
      TIME ship1 command.shell again started attempt 2
      TIME ship1 command.shell again failed attempt 2 MS (exitCode) exit code 3
      out
      "
    `);
  });

  test("how long it has been running; who cancelled it", async () => {
    await fleet.steward(["send", "ship1", "exec", "--id", "long", "--no-wait", "--from", "ann", "--", "sleep", "60"]);
    await until(async () => (await status("long")).includes("started"));
    expect(await status("long")).toMatch(/ started\n {2}by instance LIFE on HOST\n {2}running for \ds\n$/);
    await fleet.steward(["cancel", "long", "--from", "bob"]);
    expect(await status("long")).toMatchInlineSnapshot(`
      "TIME ship1 command.exec long sent by ann
      TIME ship1 command.exec long started
        by instance LIFE on HOST
      TIME ship1 command.exec long cancelled MS (cancelled) cancelled by bob while running
      "
    `);
  });

  test("why it waits: its lane is held", async () => {
    await fleet.steward(["lanes", "ship1", "pause", "command.ping", "--reason", "later", "--from", "bob"]);
    await fleet.steward(["send", "ship1", "ping", "--id", "held", "--no-wait", "--from", "ann"]);
    expect(await status("held")).toBe(
      "TIME ship1 command.ping held sent by ann\n" +
        "TIME ship1 command.ping held queued; ship1 is up; its lane is paused by bob: later\n",
    );
    await fleet.steward(["lanes", "ship1", "resume", "command.ping"]);
  });

  test("that it is running on a node that is down, or has expired there", async () => {
    await storeByHand(fleet.nc, [
      messageByHand({ id: "gone", node: "ship7" }),
      ackByHand({ id: "gone", node: "ship7", state: "started", startedAt: new Date().toISOString() }),
      messageByHand({ id: "late", node: "ship7", expires: "1ms" }),
    ]);
    expect(await status("gone")).toMatch(/ started\n {2}by instance LIFE\n {2}running for \ds; ship7 is down\n$/);
    expect(await status("late")).toMatch(/late expired in the queue; ship7 records it when it is up again\n$/);
  });

  test("of a replay, the original; of a firing, the schedule", async () => {
    const message = messageByHand({ id: "copy", replayOf: "first" });
    await storeByHand(fleet.nc, [ackByHand({ id: "copy", message })]);
    expect(await status("copy")).toMatch(/^TIME ship1 command.exec copy sent by ann, replay of first\n/);
    await fleet.steward(["send", "ship1", "ping", "--id", "tick", "--every", "1s", "--from", "ann"]);
    const log = async (): Promise<string> => (await fleet.steward(["log", "--id", "tick_*"])).stdout;
    await until(async () => (await log()).includes("succeeded"));
    const [firing = ""] = /tick_\d+/.exec(await log()) ?? [];
    expect(await status(firing)).toMatch(/^TIME ship1 command.ping tick_\d+ (?:scheduled as tick|sent) by ann/);
    expect(await fleet.steward(["status", "tick"])).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/^steward: tick is a schedule, not a message; [^\n]+ \(notFound\)\n$/) as unknown,
    });
    await fleet.steward(["schedule", "rm", "tick"]);
  });

  test("a waiting firing is found by its own id", async () => {
    await fleet.steward(["send", "ship8", "ping", "--id", "once", "--at", new Date(Date.now() + 1000).toISOString()]);
    const queue = async (): Promise<string> => (await fleet.steward(["queue", "--node", "ship8"])).stdout;
    await until(async () => (await queue()).includes("once_"));
    const [firing = ""] = /once_\d+/.exec(await queue()) ?? [];
    expect(await status(firing)).toMatch(/ship8 command.ping once_\d+ queued; ship8 is down\n$/);
  });

  test("neither a command's output nor a reason can change the terminal", async () => {
    const error = { code: "handlerFailed", message: "a\u001B[2Jb\nc" };
    await storeByHand(fleet.nc, [ackByHand({ id: "evil", state: "failed", error })]);
    expect(await status("evil")).toContain("failed MS (handlerFailed) a\uFFFD[2Jb; c\n");
  });
});

describe("only the output", () => {
  test("unchanged, byte by byte, each stream by itself", async () => {
    await fleet.steward(["send", "ship1", "shell", "--id", "bytes", "--", "printf 'a\\377\\0b'; echo no >&2"]);
    const ended = await run(["status", "bytes", "--output"], { NATS_URL: fleet.server.url });
    expect(ended).toMatchObject({ code: 0, stdout: Buffer.from("a\xff\0b", "latin1"), stderr: "no\n" });
  });

  test("2: only for one node", async () => {
    await storeByHand(fleet.nc, [ackByHand({ id: "two" }), ackByHand({ id: "two", node: "ship2" })]);
    expect(await fleet.steward(["status", "two", "--output"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "steward: it was sent to 2 nodes; name one with --node (usage)\n",
    });
    expect(await fleet.steward(["status", "two", "--output", "--node", "ship2"])).toMatchObject({ code: 0 });
  });
});

describe("1,000 nodes", () => {
  const names = Array.from({ length: 1000 }, (_, at) => `far${at}`);
  beforeAll(async () => {
    const stored = names.flatMap((node, at) => {
      const address = { id: "wide", node };
      const output = { stdout: "x".repeat(60_000), stderr: "" };
      if (at === 500) return [messageByHand(address)];
      if (at === 501) return [messageByHand(address), ackByHand({ ...address, state: "started" })];
      const failure = { state: "failed", error: { code: "exitCode", message: "exit code 1" } } as const;
      return [
        ackByHand({ ...address, state: "started" }),
        ackByHand({ ...address, output, ...(at === 999 && failure) }),
      ];
    });
    await storeByHand(fleet.nc, stored);
  }, 60_000);

  test("are one line each, with failures first", async () => {
    const { code, stdout, stderr } = await fleet.steward(["status", "wide"]);
    const lines = plain(stdout).split("\n");
    expect({ code, count: lines.length, stderr }).toEqual({
      code: 0,
      count: 1003,
      stderr: "see `steward status wide --node NAME` for all details of one node\n",
    });
    expect(lines.slice(0, 6)).toEqual([
      "wide: 1000 nodes: 997 succeeded, 1 failed, 1 queued, 1 running",
      "wide: command.exec, sent by ann at TIME",
      "TIME far999 command.exec wide failed MS (exitCode) exit code 1",
      "TIME far501 command.exec wide started",
      "TIME far500 command.exec wide queued",
      "TIME far0 command.exec wide succeeded MS",
    ]);
  });

  test("are one JSON document, and not in memory together", async () => {
    const env = { NATS_URL: fleet.server.url, NODE_OPTIONS: "--max-old-space-size=40" };
    const { code, stdout } = await run(["status", "wide", "--json"], env);
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(60_000_000);
    const document = JSON.parse(stdout.toString()) as { nodes: { node: string }[]; summary: object };
    expect(document.nodes.map(({ node }) => node)).toEqual(names.toSorted(byName));
    expect(document.summary).toEqual({ succeeded: 997, failed: 1, pending: 2 });
  });

  test("and one of them with all details, or some", async () => {
    const { stdout } = await fleet.steward(["status", "wide", "--node", "far999"]);
    expect(plain(stdout)).toMatch(
      /^TIME far999 command.exec wide sent by ann\nTIME .* started\n {2}by instance LIFE\nTIME .* exit code 1\nx+$/,
    );
    const some = await fleet.steward(["status", "wide", "--node", "far99*", "--json"]);
    expect((JSON.parse(some.stdout) as { nodes: object[] }).nodes).toHaveLength(11);
    expect(await fleet.steward(["status", "wide", "--node", "near"])).toEqual({
      code: 5,
      stdout: "",
      stderr: "steward: wide was not sent to this node; see `steward status wide` (notFound)\n",
    });
  });
});

test("in JSON, how it was sent and when the queue stored it, in the form of the schema", async () => {
  await storeByHand(fleet.nc, [messageByHand({ id: "json", node: "ship7", timeout: "3s" })]);
  const { stdout } = await fleet.steward(["status", "json", "--json"]);
  const document = v.parse(outputSchemas["status"]!, JSON.parse(stdout)) as { nodes: { storedAt: string }[] };
  expect(document).toEqual(JSON.parse(stdout));
  expect(document).toMatchObject({
    id: "json",
    nodes: [{ state: "queued", sent: { from: "ann", timeout: "3s", createdAt: "2026-01-31T12:00:00.000Z" }, acks: [] }],
    summary: { succeeded: 0, failed: 0, pending: 1 },
  });
  expect(Date.parse(document.nodes[0]?.storedAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
});

test("5: for a text that was sent in blocks, with the ids of the blocks", async () => {
  await fleet.steward(["send", "ship1", "log", "--lines", "-", "--id", "text"], "one\ntwo\n");
  expect((await fleet.steward(["status", "text-0"])).code).toBe(0);
  expect(await fleet.steward(["status", "text"])).toEqual({
    code: 5,
    stdout: "",
    stderr:
      "steward: text is a text that was sent in blocks, not a single message; " +
      "its blocks have ids of their own: text-0, text-1 and so on (notFound)\n",
  });
});

test("the lane's quarantine is shown for the messages behind it", async () => {
  const hold = {
    state: "quarantined",
    since: "2026-01-31T12:00:00.000Z",
    by: "kernel",
    reason: "a failed\nbadly",
  } as const;
  await holdByHand(fleet.nc, "ship6", "command.exec", hold);
  await storeByHand(fleet.nc, [messageByHand({ id: "behind", node: "ship6" })]);
  expect(await status("behind")).toMatch(/ship6 is down; its lane is quarantined by kernel: a failed; badly\n$/);
});

async function status(id: string): Promise<string> {
  return plain((await fleet.steward(["status", id])).stdout);
}

function plain(text: string): string {
  return text
    .replaceAll(/\d{4}-\S+Z/g, "TIME")
    .replaceAll(/\b\d+ms\b(?! *[,;])/g, "MS")
    .replaceAll(/instance \w{26} on [^\s;]+/g, "instance LIFE on HOST");
}

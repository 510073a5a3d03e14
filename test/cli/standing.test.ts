import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type CliResult, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

// All commands report the same standing of a message, and never `expired` while it may still run or succeed.

const briefly = ["--presence-ttl", "3s"];

let fleet: Fleet;
let folder: string;
let ship1: TestNode;
beforeAll(async () => {
  fleet = await startFleet();
  folder = await mkdtemp(join(tmpdir(), "steward-standing-"));
  // An event that runs until its file exists.
  const handler = `
    import { access, appendFile } from "node:fs/promises";
    import { setTimeout as delay } from "node:timers/promises";
    export default {
      messageType: "event", subject: "slow", describe: "for a test", timeout: 60_000,
      run: async ({ data: [name], signal }) => {
        await appendFile(${JSON.stringify(join(folder, "began"))}, name + "\\n");
        while (!(await access(${JSON.stringify(folder)} + "/" + name).then(() => true, () => false)))
          await delay(20, undefined, { signal });
      },
    };`;
  await writeFile(join(folder, "slow.mjs"), handler);
  ship1 = await startNode(fleet.server.url, "ship1", ["--handlers", folder, ...briefly]);
  // The first one waits until the handler is loaded.
  await end("warm");
  await sendSlow("warm");
});
afterAll(async () => {
  await ship1[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const steward = (...args: string[]): Promise<CliResult> => fleet.steward(args);
const began = async (id: string): Promise<boolean> =>
  (await readFile(join(folder, "began"), "utf8").catch(() => "")).split("\n").includes(id);
const sendSlow = (id: string, ...options: string[]): Promise<CliResult> =>
  steward("send", "ship1", "slow", id, "--event", "--id", id, ...options);
const end = (id: string): Promise<void> => writeFile(join(folder, id), "");
const dryRun = (only: string): Promise<CliResult> => steward("send", "ship1", "ping", "--only", only, "--dry-run");

interface Document {
  readonly nodes: readonly { readonly state: string }[];
  readonly summary: Readonly<Record<string, number>>;
}

describe("an event that runs longer than its expiry", () => {
  test("3: send, wait, status, queue and --only report that it is running, and later that it succeeded", async () => {
    const sent = await sendSlow("long", "--expires", "500ms", "--wait", "1500ms");
    expect(sent).toMatchObject({
      code: 3,
      stderr: "ship1: running\nlong is still running; see `steward status long`, or wait with `steward wait long`\n",
    });
    expect(await steward("wait", "long", "--wait", "0s")).toMatchObject({ code: 3, stderr: sent.stderr });
    const { stdout } = await steward("wait", "long", "--wait", "0s", "--json");
    const document = JSON.parse(stdout) as Document;
    expect(document).toMatchObject({ nodes: [{ state: "running" }], summary: { pending: 1 } });
    expect((await steward("status", "long")).stdout).toContain("long running");
    const status = JSON.parse((await steward("status", "long", "--json")).stdout) as Document;
    expect(status).toMatchObject({ nodes: [{ state: "running", acks: [] }], summary: { pending: 1 } });
    const queue = JSON.parse((await steward("queue", "--json")).stdout) as { readonly messages: readonly object[] };
    expect(queue.messages).toMatchObject([{ id: "long", state: "running" }]);
    expect(await dryRun("long:expired")).toMatchObject({ code: 5 });
    expect(await dryRun("long:pending")).toMatchObject({ code: 0, stdout: "ship1\n" });
    expect(await steward("replay", "long", "--only", "expired")).toMatchObject({ code: 5 });

    await end("long");
    expect(await steward("wait", "long")).toMatchObject({ code: 0 });
    expect(await readAcks(fleet.nc, "long")).toMatchObject([{ state: "succeeded" }]);
  });

  test("the message behind it is queued until its node records that it expired", async () => {
    await sendSlow("head", "--no-wait");
    await until(() => began("head"));
    const sent = await sendSlow("behind", "--expires", "100ms", "--wait", "500ms");
    expect(sent).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^ship1: queued\nbehind is still queued;/) as string,
    });
    await end("head");
    expect(await steward("wait", "behind")).toMatchObject({
      code: 1,
      stderr: "ship1: expired: not started within 100ms of being stored, as far as is known\n",
    });
    expect(await began("behind")).toBe(false);
  });

  test("when its daemon was killed its state is unknown, and it is not reported as expired", async () => {
    await sendSlow("cut", "--expires", "500ms", "--no-wait");
    await until(() => began("cut"));
    await ship1.kill();
    await until(async () => (await steward("nodes", "ship1")).stdout.includes("down"), 20_000);
    expect(await steward("wait", "cut", "--wait", "600ms")).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^ship1: queued\n/) as string,
    });
    expect(await dryRun("cut:expired")).toMatchObject({ code: 5 });
    // The daemon never had messages that came after its end.
    expect(await sendSlow("later", "--expires", "100ms", "--wait", "500ms")).toMatchObject({ code: 1 });
    await ship1.restart();
    expect(await steward("wait", "cut")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ship1: expired: /) as string,
    });
  });

  test("1: a message that no daemon received has expired", async () => {
    const sent = await steward("send", "away", "slow", "--event", "--expires", "100ms", "--wait", "500ms");
    expect(sent).toMatchObject({ code: 1, stderr: expect.stringContaining("away: expired in the queue; ") as string });
    await ship1.kill("SIGTERM");
    await sendSlow("evening", "--expires", "100ms", "--no-wait");
    await until(async () => (await steward("wait", "evening", "--wait", "0s")).code === 1);
    expect(await dryRun("evening:expired")).toMatchObject({ code: 0, stdout: "ship1\n" });
    await ship1.restart();
    expect(await steward("wait", "evening")).toMatchObject({ code: 1 });
  });
});

test("running, retrying and queued messages are distinguished", async () => {
  const flag = join(folder, "go");
  const script = `case $STEWARD_RUN_NODE in ship2) exit 1;; esac; while ! test -e ${flag}; do sleep 0.05; done`;
  await using ship2 = await startNode(fleet.server.url, "ship2");
  const tries = ["--retries", "3", "--retry-wait", "1m"];
  const to = ["ship1,ship2,away", "shell", "--id", "mixed", "--wait", "1500ms"];
  const { stdout, stderr, code } = await steward("send", ...to, ...tries, "--", script);
  expect({ code, stdout }).toEqual({
    code: 3,
    stdout: "ship1: running (started, attempt 1)\nship2: retrying (attempt 1: exit code 1)\naway: queued\n",
  });
  expect(stderr).toContain("mixed: 1 running, 1 retrying, 1 queued\nmixed has not ended everywhere; see");
  expect((await steward("wait", "mixed", "--node", "ship2", "--wait", "0s")).stderr).toContain(
    "mixed will be retried; see",
  );
  expect((await steward("status", "mixed", "--json")).stdout).toContain('"pending":3');
  await writeFile(flag, "");
  await steward("cancel", "mixed");
  expect(ship2.exitCode()).toBeNull();
});

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isFinal } from "../../src/protocol/ack.ts";
import { readAcks, readStates, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { fillSmallDisk, makeRoom, mountSmallDisk } from "../support/small-disk.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let node: TestNode;
let folder: string;
beforeEach(async () => {
  fleet = await startFleet();
  folder = await mkdtemp(join(tmpdir(), "steward-shortage-"));
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Sets how many files a running daemon may have open: `unlimited`, or so many, of which it has some already. */
function limitFiles(most: number | "unlimited"): void {
  execFileSync("prlimit", [`--pid=${node.pid}`, `--nofile=${most === "unlimited" ? 4096 : most}:4096`]);
}

const stateOf = async (name: string): Promise<string> => {
  const { stdout } = await fleet.steward(["nodes"]);
  return new RegExp(`^${name} +(\\w+)`, "m").exec(stdout)?.[1] ?? "";
};
const read = (name: string): Promise<string> => readFile(join(node.dataDir, "log", name), "utf8");

it("S3: events for which no file can be opened wait, are reported, and are handled when there is room", async () => {
  node = await startNode(fleet.server.url, "central");
  limitFiles(3);
  for (const id of ["one", "two"]) {
    await fleet.steward(["send", "central", "log", "--from", "web", "--id", id, "--no-wait", id]);
  }
  await until(async () => (await stateOf("central")) === "degraded", 10_000, "the node is shown as degraded");
  await until(() => node.log().includes("event.log cannot work"));
  const lanes = await fleet.steward(["lanes", "central"]);
  expect(lanes.stdout).toMatch(/^event\.log +blocked +1 +one .*EMFILE: too many open files, open .*\(noRoom\)$/m);
  const page = await fleet.steward(["nodes", "central"]);
  expect(page.stdout).toMatch(/^state +degraded, /m);
  expect(page.stdout).toMatch(/^trouble +event\.log, since \d+s: EMFILE: .*\(noRoom\)$/m);
  const listed = JSON.parse((await fleet.steward(["nodes", "--json"])).stdout) as object[];
  // The inbox may have met it too by then.
  const troubles = expect.arrayContaining([
    expect.objectContaining({ what: "event.log", code: "noRoom" }) as unknown,
  ]) as unknown;
  expect(listed).toMatchObject([{ node: "central", up: true, troubles }]);
  expect((await fleet.steward(["status", "one"])).stdout).toContain("its lane is blocked: EMFILE");
  expect((await fleet.steward(["doctor"])).stdout).toMatch(/nodes +.*degraded: central \((event\.log|inbox): EMFILE/);
  expect(await readAcks(fleet.nc)).toEqual([]);

  limitFiles("unlimited");
  await untilAnswered(fleet.nc);
  expect(await read("web.log")).toBe("one\ntwo\n");
  expect([await readStates(fleet.nc, "one"), await readStates(fleet.nc, "two")]).toEqual([
    ["succeeded 1"],
    ["succeeded 1"],
  ]);
  await until(async () => (await stateOf("central")) === "up", 10_000, "the node is shown as up");
  const reported = node.log().match(/event\.log cannot work|event\.log works again/g);
  expect(reported).toEqual(["event.log cannot work", "event.log works again"]);
});

it("W10: events whose file's disk is full wait, and each is written once when there is room", async () => {
  await using disk = await mountSmallDisk();
  // Only root may mount.
  if (disk === undefined) return;
  node = await startNode(fleet.server.url, "central");
  await symlink(disk.path, join(node.dataDir, "log"));
  const lines = Array.from({ length: 5000 }, (_, number) => `line ${number} ${"x".repeat(40)}\n`).join("");
  await writeFile(join(folder, "lines"), lines);
  await writeFile(join(disk.path, "others"), "x");
  await fillSmallDisk(disk.path);
  const sent = fleet.steward([
    "send",
    "central",
    "log",
    "--from",
    "web",
    "--lines",
    join(folder, "lines"),
    "--wait",
    "25s",
  ]);
  await until(() => node.log().includes("event.log cannot work: ENOSPC"));
  expect((await fleet.steward(["send", "central", "exec", "--", "true"])).code).toBe(0);
  await makeRoom(disk.path);
  expect((await sent).code).toBe(0);
  expect(await read("web.log")).toBe(lines);
  expect((await readAcks(fleet.nc)).filter(({ state }) => state === "failed")).toEqual([]);
});

it("the inbox: a paste that cannot be taken is reported, and taken when there is room", async () => {
  node = await startNode(fleet.server.url, "central");
  limitFiles(3);
  await writeFile(join(node.dataDir, "inmsg.txt"), '[{"node":"central","subject":"ping","id":"pasted"}]');
  await until(async () => (await stateOf("central")) === "degraded", 10_000, "the node is shown as degraded");
  expect((await fleet.steward(["nodes", "central"])).stdout).toMatch(
    /^trouble +inbox, since \S+: EMFILE.*\(noRoom\)$/m,
  );
  limitFiles("unlimited");
  await until(async () => (await readStates(fleet.nc, "pasted")).includes("succeeded 1"), 10_000, "it is sent");
  await until(async () => (await stateOf("central")) === "up", 10_000, "the node is shown as up");
});

it("an inbox with more files than may be open is sent whole", async () => {
  const pastes = join(folder, "pastes");
  await mkdir(pastes);
  node = await startNode(fleet.server.url, "central", ["--inbox", pastes]);
  limitFiles(200);
  const ids = Array.from({ length: 300 }, (_, number) => `paste-${number}`);
  for (const id of ids) await writeFile(join(pastes, id), `[{"node":"central","subject":"ping","id":"${id}"}]`);
  const isEnded = async (): Promise<boolean> => (await readAcks(fleet.nc)).filter(isFinal).length === ids.length;
  await until(isEnded, 25_000, "all are sent");
  expect(node.log()).not.toContain("EMFILE");
});

it("a daemon in which an event waits for room stops at once, and the next daemon handles the event", async () => {
  node = await startNode(fleet.server.url, "central");
  limitFiles(3);
  await fleet.steward(["send", "central", "log", "--from", "web", "--no-wait", "one"]);
  await until(() => node.log().includes("event.log cannot work"));
  const begun = performance.now();
  await node.kill("SIGTERM");
  expect(performance.now() - begun).toBeLessThan(5000);
  await node.restart();
  await untilAnswered(fleet.nc);
  expect(await read("web.log")).toBe("one\n");
});

it("an event that waits for room can be cancelled, and the next is handled", async () => {
  node = await startNode(fleet.server.url, "central");
  limitFiles(3);
  for (const id of ["one", "two"]) {
    await fleet.steward(["send", "central", "log", "--from", "web", "--id", id, "--no-wait", id]);
  }
  await until(() => node.log().includes("event.log cannot work"));
  expect((await fleet.steward(["cancel", "one"])).code).toBe(0);
  limitFiles("unlimited");
  await untilAnswered(fleet.nc);
  expect(await read("web.log")).toBe("two\n");
});

it("a command that cannot be started fails at once, and the node is degraded until programs can be started again", async () => {
  node = await startNode(fleet.server.url, "ship1");
  limitFiles(3);
  const { code, stderr } = await fleet.steward(["send", "ship1", "exec", "--", "true"]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('cannot start "true": too many files are open')]);
  const retried = fleet.steward(["send", "ship1", "exec", "--retries", "9", "--retry-wait", "1s", "--", "true"]);
  await until(async () => (await stateOf("ship1")) === "degraded", 10_000, "the node is shown as degraded");
  expect((await fleet.steward(["nodes", "ship1"])).stdout).toMatch(/^trouble +programs, since .*too many files/m);
  limitFiles("unlimited");
  await until(async () => (await stateOf("ship1")) === "up", 15_000, "the node is shown as up");
  expect((await retried).code).toBe(0);
});

it("an event of a user's handler waits too: for its process, and after its own NotNowError", async () => {
  const full = join(folder, "full");
  await writeFile(
    join(folder, "keep.mjs"),
    `import { existsSync, openSync } from "node:fs";
    import { defineHandler } from "steward-nats";
    export default defineHandler({
      messageType: "event",
      subject: "keep",
      describe: "keeps something",
      run: () => {
        if (existsSync(${JSON.stringify(full)})) for (;;) openSync("/dev/null");
      },
    });`,
  );
  node = await startNode(fleet.server.url, "ship1", ["--handlers", folder]);
  const keep = async (id: string): Promise<void> => {
    await fleet.steward(["send", "ship1", "keep", "--event", "--id", id, "--no-wait"]);
  };
  limitFiles(3);
  await keep("first");
  await until(() => node.log().includes("event.keep cannot work"), 15_000);
  expect(node.log()).toContain("the handler's process could not be started: ");
  expect(await readAcks(fleet.nc)).toEqual([]);
  limitFiles("unlimited");
  await untilAnswered(fleet.nc);

  await writeFile(full, "");
  await keep("second");
  await until(() => node.log().includes("event.keep cannot work: EMFILE"), 15_000);
  expect(existsSync(full)).toBe(true);
  await rm(full);
  // The handler has left its process without room; the operator ends that.
  await fleet.steward(["lanes", "ship1", "restart", "event.keep"]);
  await untilAnswered(fleet.nc);
  expect([await readStates(fleet.nc, "first"), await readStates(fleet.nc, "second")]).toEqual([
    ["succeeded 1"],
    ["succeeded 1"],
  ]);
});

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let folder: string;
let effects: string;
beforeEach(async () => {
  fleet = await startFleet();
  folder = await mkdtemp(join(tmpdir(), "steward-expires-"));
  effects = join(folder, "effects");
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it("S2, S4: a message that expired before its node came up is recorded and does not run; others run", async () => {
  const send = (id: string, expires: string) =>
    fleet.steward([
      "send",
      "ship1",
      "shell",
      "--id",
      id,
      "--expires",
      expires,
      "--no-wait",
      "--",
      `echo ${id} >> ${effects}`,
    ]);
  const stored = Date.now();
  await send("late", "100ms");
  await send("good", "1h");
  await until(() => Date.now() > stored + 500, 5000);
  await using ship1 = await startNode(fleet.server.url, "ship1");
  await until(async () => (await readAcks(fleet.nc, "good")).length === 2);

  expect(await readAcks(fleet.nc, "late")).toMatchObject([
    { state: "expired", attempt: 0, error: { code: "expired" }, message: { id: "late", expires: "100ms" } },
  ]);
  expect(await readFile(effects, "utf8")).toBe("good\n");
  expect(ship1.log()).toContain(`"state":"expired"`);
  const status = await fleet.steward(["status", "late"]);
  expect(status.stdout).toContain("expired");
});

it("S4: a message that expires while its node is away is shown as expired, and recorded when the node is back", async () => {
  const send = ["send", "ship1,ship2", "ping", "--id", "late", "--expires", "100ms", "--wait", "500ms", "--json"];
  await using ship2 = await startNode(fleet.server.url, "ship2");
  const sent = await fleet.steward(send);
  expect(sent.code).toBe(1);
  expect(JSON.parse(sent.stdout)).toMatchObject({
    nodes: [
      { node: "ship1", state: "expired" },
      { node: "ship2", state: "succeeded" },
    ],
    summary: { succeeded: 1, pending: 0, expired: 1 },
  });
  expect((await fleet.steward(["status", "late"])).stdout).toContain("ship1 command.ping late expired in the queue");
  const { stdout } = await fleet.steward(["status", "late", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    nodes: [{ queued: true, state: "expired", acks: [] }, { queued: false }],
  });
  expect(await readAcks(fleet.nc, "late")).toHaveLength(2);

  await using ship1 = await startNode(fleet.server.url, "ship1");
  await until(async () => (await readAcks(fleet.nc, "late")).length === 3);
  expect((await readAcks(fleet.nc, "late"))[2]).toMatchObject({ node: "ship1", state: "expired" });
  for (const node of [ship1, ship2]) expect(node.exitCode()).toBeNull();
});

it("S4: a message that has begun is not shown as expired, however long it runs", async () => {
  await using ship1 = await startNode(fleet.server.url, "ship1");
  const options = ["--id", "long", "--expires", "300ms", "--wait", "600ms"];
  const sent = await fleet.steward([
    "send",
    "ship1",
    "shell",
    ...options,
    "--",
    `while test -d ${folder}; do sleep 0.05; done`,
  ]);
  expect(sent.code).toBe(3);
  expect((await fleet.steward(["status", "long"])).stdout).toMatch(/ long started\n[^]*\n {2}running for \d+s\n$/);
  expect(ship1.exitCode()).toBeNull();
});

it.each([
  { delivery: "at most once", options: ["--at-most-once"] },
  { delivery: "at least once", options: [] },
])(
  "S4: a message that began $delivery, was interrupted, and has expired since, is not shown as never begun",
  async ({ options }) => {
    const script = `echo began >> ${effects}; while test -d ${folder}; do sleep 0.05; done`;
    await using ship1 = await startNode(fleet.server.url, "ship1");
    const sent = Date.now();
    const send = ["send", "ship1", "shell", ...options, "--id", "begun", "--expires", "2s", "--no-wait"];
    await fleet.steward([...send, "--", script]);
    await until(async () => (await readFile(effects, "utf8").catch(() => "")) !== "");
    await ship1.kill();
    await until(() => Date.now() > sent + 2500, 10_000);
    await ship1.restart();
    await until(async () => (await readAcks(fleet.nc, "begun")).length === 2);

    expect(await readAcks(fleet.nc, "begun")).toMatchObject([
      { state: "started", attempt: 1 },
      { state: "interrupted", attempt: 1, error: { code: "interrupted" } },
    ]);
    expect(await readFile(effects, "utf8")).toBe("began\n");
  },
);

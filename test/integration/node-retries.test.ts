import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readAcks, readStates } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
  folder = await mkdtemp(join(tmpdir(), "steward-retries-"));
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Sends a script that fails until it has run so often, and gives the states and attempts of its ACKs. */
async function send(id: string, succeedsAt: number, ...options: readonly string[]) {
  const runs = join(folder, id);
  const script = `echo run >> ${runs}; test $(wc -l < ${runs}) -ge ${succeedsAt}`;
  const { code } = await fleet.steward(["send", "ship1", "shell", "--id", id, ...options, "--", script]);
  const acks = await readStates(fleet.nc, id);
  return { code, acks, runs: (await readFile(runs, "utf8")).trim().split("\n").length };
}

it("S9: a failed run is retried, each try with its ACKs, until it succeeds", async () => {
  const begun = Date.now();
  expect(await send("mends", 3, "--retries", "5", "--retry-wait", "200ms")).toEqual({
    code: 0,
    acks: ["started 1", "retrying 1", "started 2", "retrying 2", "started 3", "succeeded 3"],
    runs: 3,
  });
  // The wait doubles, with a jitter of a quarter.
  expect(Date.now() - begun).toBeGreaterThanOrEqual(0.75 * (200 + 400));
  const [, retrying, , , , final] = await readAcks(fleet.nc, "mends");
  expect(retrying).toMatchObject({ exitCode: 1, error: { code: "exitCode" } });
  expect(retrying?.message).toBeUndefined();
  expect(final?.message).toMatchObject({ id: "mends", retries: 5 });
});

it("S9: a message whose retries are used up ends as failed", async () => {
  expect(await send("never", 99, "--retries", "2", "--retry-wait", "10ms")).toEqual({
    code: 1,
    acks: ["started 1", "retrying 1", "started 2", "retrying 2", "started 3", "failed 3"],
    runs: 3,
  });
});

it("S9: without retries a failure is final at once", async () => {
  expect(await send("once", 99)).toEqual({ code: 1, acks: ["started 1", "failed 1"], runs: 1 });
});

it("S13: a retry holds its own lane, so that none overtakes", async () => {
  const order = join(folder, "order");
  const first = `echo first >> ${order}; test $(wc -l < ${order}) -ge 3`;
  const list = [
    { node: "ship1", subject: "shell", data: [first], retries: 2, retryWait: "50ms" },
    { node: "ship1", subject: "shell", data: [`echo second >> ${order}`] },
  ];
  expect((await fleet.steward(["send", "--file", "-"], JSON.stringify(list))).code).toBe(0);
  expect(await readFile(order, "utf8")).toBe("first\nfirst\nfirst\nsecond\n");
});

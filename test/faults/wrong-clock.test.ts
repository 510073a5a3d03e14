import { afterEach, beforeEach, expect, it } from "vitest";
import { aMessage, putMessage, readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { run } from "../cli/support.ts";
import { until } from "../support/until.ts";
import { clockWrongBy } from "./suite/nemeses/daemon.ts";

let fleet: Fleet;
let ship1: TestNode;
beforeEach(async () => {
  fleet = await startFleet();
  ship1 = await startNode(fleet.server.url, "ship1");
});
afterEach(async () => {
  await ship1[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

const put = (id: string, expires: string) => putMessage(fleet.nc, aMessage({ id, expires, delivery: "atMostOnce" }));
const final = async (id: string): Promise<string | undefined> => (await readAcks(fleet.nc, id)).at(-1)?.state;
const pass = async (ms: number): Promise<void> => {
  const enough = Date.now() + ms;
  await until(() => Date.now() > enough, ms + 10_000);
};

it.each([-10, 10])(
  "S2, S4: a node whose clock is %i minutes wrong drops nothing too early and keeps nothing too long",
  async (minutes) => {
    await ship1.kill();
    await put("late", "500ms");
    await put("good", "5m");
    await pass(1000);
    await ship1.restart(clockWrongBy(minutes * 60_000));
    await put("quick", "10s");
    await until(async () => (await final("quick")) === "succeeded");
    expect([await final("late"), await final("good")]).toEqual(["expired", "succeeded"]);
    // Its own times show that the clock was wrong.
    const finishedAt = Date.parse((await readAcks(fleet.nc, "quick")).at(-1)?.finishedAt ?? "");
    expect(Math.abs(finishedAt - Date.now() - minutes * 60_000)).toBeLessThan(30_000);
  },
);

it("S4: a message that expired while the daemon was suspended does not run when it goes on; others do", async () => {
  process.kill(ship1.pid, "SIGSTOP");
  await put("late", "2s");
  await put("good", "5m");
  await pass(20_000);
  process.kill(ship1.pid, "SIGCONT");
  await put("quick", "10s");
  await until(async () => (await final("quick")) === "succeeded");
  expect([await final("late"), await final("good")]).toEqual(["expired", "succeeded"]);
});

it.each([-30, 30])(
  "the broker's clock says whether a time has passed, to a sender whose own is %i minutes wrong",
  async (minutes) => {
    const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
    const env = { ...clockWrongBy(minutes * 60_000), NATS_URL: fleet.server.url };
    const ahead = await run(["send", "ship1", "ping", "--id", "ahead", "--at", at(14 * 60_000)], env);
    expect(ahead).toMatchObject({ code: 0, stdout: Buffer.from("ahead\n") });
    const passed = await run(["send", "ship1", "ping", "--id", "passed", "--at", at(-14 * 60_000)], env);
    expect(passed.code).toBe(2);
    expect(passed.stderr).toContain("is in the past; the broker's clock says ");
    const { stdout } = await run(["schedule", "ls", "ahead", "--json"], env);
    expect(JSON.parse(stdout.toString())).toMatchObject([{ schedule: { next: expect.any(String) as unknown } }]);
  },
);

it("a node and a sender whose clocks say 1969 work", async () => {
  const env = { ...clockWrongBy(-Date.now() - 60_000), NATS_URL: fleet.server.url };
  await ship1.restart(env);
  for (const words of [
    ["send", "ship1", "exec", "--", "true"],
    ["nodes"],
    ["log"],
    ["errors"],
    ["queue"],
    ["doctor"],
  ]) {
    expect(await run(words, env)).toMatchObject({ code: 0 });
  }
});

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import { aMessage, putMessage, readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let ship1: TestNode;
beforeAll(async () => {
  fleet = await startFleet();
  ship1 = await startNode(fleet.server.url, "ship1", ["--timeout", "400ms", "--kill-grace", "300ms"]);
});
afterAll(async () => {
  await ship1[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

/** Sends a script line and gives the final ACK. */
async function run(script: string, ...options: readonly string[]): Promise<Ack> {
  const sent = await fleet.steward(["send", "ship1", "shell", ...options, "--json", "--", script]);
  const { id } = JSON.parse(sent.stdout) as { id: string };
  const final = (await readAcks(fleet.nc, id)).at(-1);
  if (final === undefined) throw new Error(`no ACK: ${sent.stderr}`);
  return final;
}

it("S16: the node's timeout ends a run, and the message may override it both ways", async () => {
  const byDefault = await run("echo before; sleep 10");
  expect(byDefault).toMatchObject({ state: "failed", error: { code: "timedOut" }, output: { stdout: "before\n" } });
  expect(byDefault.durationMs).toBeGreaterThanOrEqual(400);
  expect(byDefault.durationMs).toBeLessThan(5000);

  const longer = await run("sleep 0.7; echo done", "--timeout", "20s");
  expect(longer).toMatchObject({ state: "succeeded", output: { stdout: "done\n" } });
  const shorter = await run("sleep 0.3", "--timeout", "50ms");
  expect(shorter).toMatchObject({ state: "failed", error: { code: "timedOut" } });
});

it("S16: a program that ends well at the signal has still timed out", async () => {
  const trapped = await run("trap 'echo bye; exit 0' TERM; while :; do sleep 0.05; done");
  expect(trapped).toMatchObject({ state: "failed", error: { code: "timedOut" }, output: { stdout: "bye\n" } });
});

it("S16: a timeout ends the whole process group, also a grandchild that ignores SIGTERM", async () => {
  const stubborn = `sh -c 'trap "" TERM; echo $$; while :; do sleep 0.05; done' & echo $$; wait`;
  const { error, output } = await run(stubborn);
  expect(error?.code).toBe("timedOut");
  const pids = output!.stdout.trim().split("\n").map(Number);
  expect(pids).toHaveLength(2);
  expect(pids.filter(isAlive)).toEqual([]);
});

it("S4: output beyond 64 KiB a stream keeps its beginning and its end, and counts the bytes left out", async () => {
  const { state, output } = await run("echo first; seq 1 100000; echo last >&2; seq 1 100 >&2", "--timeout", "20s");
  expect(state).toBe("succeeded");
  const { stdout, stderr, truncated } = output!;
  const total = "first\n".length + 588_895;
  expect(truncated).toEqual({ stdout: { total, omitted: total - 64 * 1024 } });
  expect(stdout.startsWith("first\n1\n2\n")).toBe(true);
  expect(stdout.endsWith("\n99999\n100000\n")).toBe(true);
  expect(stdout).toContain(`${total - 64 * 1024} bytes left out`);
  expect(Buffer.byteLength(stdout)).toBeLessThan(64 * 1024 + 200);
  expect(stderr.startsWith("last\n1\n")).toBe(true);
});

it("S4: output that is not UTF-8 comes as base64, byte for byte", async () => {
  const { output } = await run(String.raw`printf 'a\377\000b'; printf 'text' >&2`);
  expect(output?.encoding).toBe("base64");
  expect(Buffer.from(output!.stdout, "base64")).toEqual(Buffer.from([0x61, 0xff, 0x00, 0x62]));
  expect(Buffer.from(output!.stderr, "base64").toString()).toBe("text");
});

it("S4: 1 MiB of output that JSON makes six times as large still gets its final ACK", async () => {
  const { state, output } = await run(
    String.raw`head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2`,
    "--timeout",
    "20s",
  );
  expect(state).toBe("succeeded");
  expect(output?.truncated?.stdout?.total).toBe(1_000_000);
  expect(output?.truncated?.stderr?.total).toBe(1_000_000);
});

it("S3, S4: the ACK says how a command ended: exit code, signal, or that it could not start", async () => {
  expect(await run("exit 7")).toMatchObject({ state: "failed", exitCode: 7, error: { code: "exitCode" } });
  expect(await run("kill -USR1 $$")).toMatchObject({
    state: "failed",
    signal: "SIGUSR1",
    error: { code: "killedBySignal" },
  });
  await fleet.steward(["send", "ship1", "exec", "--id", "nothing", "--", "/no/such/program"]);
  expect((await readAcks(fleet.nc, "nothing")).at(-1)).toMatchObject({
    state: "failed",
    error: { code: "spawnFailed" },
  });
});

it.each([
  { sent: ["exec", "--", ""], why: "the first string of data is the program and must not be empty" },
  { sent: ["shell", "echo", "lost"], why: "data must hold one string" },
])("S3: data that would run differently than intended is rejected: $sent", async ({ sent, why }) => {
  const { code, stderr, stdout } = await fleet.steward(["send", "ship1", ...sent]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(`ship1: rejected: ${why}`);
});

it.each([
  { subject: "exec", why: "data must hold the program" },
  { subject: "shell", why: "data must hold one string" },
])("S3: no data is rejected by the node too: $subject", async ({ subject, why }) => {
  const id = `no-data-${subject}`;
  await putMessage(fleet.nc, aMessage({ id, node: "ship1", subject, data: [] }));
  await until(async () => (await readAcks(fleet.nc, id)).length > 0);
  const [final] = await readAcks(fleet.nc, id);
  expect(final).toMatchObject({ state: "rejected", error: { code: "badData" } });
  expect(final?.error?.message).toContain(why);
});

/** A zombie does not count: who collects it is not the daemon's affair. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}

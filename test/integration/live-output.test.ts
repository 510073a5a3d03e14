import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { OutputAnswer } from "../../src/protocol/control.ts";
import { start, type Run } from "../cli/support.ts";
import { aMessage, putMessage, readStates } from "../support/broker-state.ts";
import type { ClientOperation } from "../support/client-operations.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink, type Link } from "../support/link.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let link: Link;
let ship1: TestNode;
/** What the daemon has published as live output. */
const published: ClientOperation[] = [];
beforeAll(async () => {
  fleet = await startFleet();
  link = await startLink([fleet.server.url], (operation, forward) => {
    if (operation.subject.includes(".output.")) published.push(operation);
    forward();
  });
  ship1 = await startNode(link.url, "ship1");
});
afterAll(async () => {
  await ship1[Symbol.asyncDispose]();
  await link[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

async function run(id: string, script: string): Promise<void> {
  await putMessage(fleet.nc, aMessage({ id, subject: "shell", data: [script] }));
}

function follow(id: string, script: string): Run {
  const args = ["send", "--follow", "--id", id, "ship1", "shell", script];
  return start(args, { NATS_URL: fleet.server.url });
}

function ended(id: string): Promise<void> {
  return until(async () => (await readStates(fleet.nc, id)).includes("succeeded 1"));
}

const payloadsOf = (id: string): string[] =>
  published.filter(({ subject }) => subject.endsWith(`.${id}`)).map(({ payload }) => payload);

async function ask(id: string, offset: number, changes: object = {}): Promise<OutputAnswer | string> {
  const request = { messageType: "command", subject: "shell", id, attempt: 1, stream: "stdout", offset, ...changes };
  const reply = await fleet.nc.request("steward.ship1.control.output", JSON.stringify(request));
  const refusal = reply.headers?.get("Nats-Service-Error");
  return refusal === undefined || refusal === "" ? reply.json<OutputAnswer>() : refusal;
}

it("a run that ends at once publishes nothing, even with a listener", async () => {
  const args = ["send", "--follow", "ship1", "shell", "echo hi"];
  expect((await start(args, { NATS_URL: fleet.server.url }).ended).stdout.toString()).toBe("ship1: hi\n");
  expect(published).toEqual([]);
});

it("a run without followers publishes only an empty chunk", async () => {
  await run("alone", "for i in 1 2 3 4 5 6; do seq 1 1000; sleep 0.1; done");
  await ended("alone");
  expect(payloadsOf("alone")).toEqual([""]);
});

it("`nats sub` gets it too, once it listens", async () => {
  let heard = "";
  const listener = fleet.nc.subscribe("steward.ship1.output.*", {
    callback: (_error, msg) => {
      heard += msg.string();
    },
  });
  await fleet.nc.flush();
  await run("subscribed", "echo one; sleep 0.3; echo two; sleep 0.3");
  await ended("subscribed");
  listener.unsubscribe();
  expect(heard).toBe("one\ntwo\n");
});

it("the output of a run can be fetched, during the run and for a while afterwards", async () => {
  const go = join(ship1.dataDir, "go");
  await run("asked", `seq 1 50000; while ! test -e ${go}; do sleep 0.02; done`);
  const all = Array.from({ length: 50_000 }, (_, index) => `${index + 1}\n`).join("");
  const totals = { stdout: all.length, stderr: 0 };
  await until(async () => {
    const answer = await ask("asked", 0);
    return typeof answer !== "string" && answer.totals.stdout === all.length;
  });
  const data = Buffer.from(all.slice(1000, 1100)).toString("base64");
  expect(await ask("asked", 1000, { limit: 100 })).toMatchObject({ offset: 1000, data, totals, ended: false });
  await writeFile(go, "");
  await ended("asked");
  expect(await ask("asked", all.length)).toMatchObject({ offset: all.length, data: "", totals, ended: true });
});

it.each([
  ["alone", {}, "no output of attempt 1 of alone is kept"],
  ["asked", { attempt: 2 }, "no output of attempt 2 of asked is kept"],
  ["asked", { stream: "log" }, /^stream: /],
])("%s %j is refused", async (id, changes, reason) => {
  expect(await ask(id, 0, changes)).toMatch(reason);
});

it("the latest 8 MiB of a flood are kept", async () => {
  await run("flood", "yes | head -c 50000000");
  await ended("flood");
  const answer = await ask("flood", 0);
  if (typeof answer === "string") throw new Error(answer);
  expect(answer).toMatchObject({ totals: { stdout: 50_000_000, stderr: 0 }, ended: true });
  expect(answer.totals.stdout - answer.offset).toBeGreaterThan(7.9 * 1024 * 1024);
  expect(answer.totals.stdout - answer.offset).toBeLessThanOrEqual(8 * 1024 * 1024);
});

it("a node whose link is cut meanwhile loses no output of a followed run", async () => {
  const folder = ship1.dataDir;
  const waiting = (name: string): string => `while ! test -e ${join(folder, name)}; do sleep 0.02; done`;
  const script = `echo one; ${waiting("a")}; echo two; sleep 0.1; touch ${folder}/two; ${waiting("b")}; echo three; ${waiting("c")}`;
  const following = follow("cut", script);
  await following.hasSaid("ship1: one\n");
  link.cut();
  await writeFile(join(folder, "a"), "");
  // Goes into a connection that is cut, and whose end the daemon hears of later.
  await until(() => existsSync(join(folder, "two")));
  link.drop();
  await writeFile(join(folder, "b"), "");
  link.heal();
  await following.hasSaid("ship1: three\n");
  await writeFile(join(folder, "c"), "");
  const { code, stdout, stderr } = await following.ended;
  expect({ code, stdout: stdout.toString(), stderr }).toEqual({
    code: 0,
    stdout: "ship1: one\nship1: two\nship1: three\n",
    stderr: "",
  });
});

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Message } from "../../src/protocol/message.ts";
import { aMessage, putByHand, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let folder: string;
beforeEach(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
  folder = await mkdtemp(join(tmpdir(), "steward-lanes-"));
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A script that says that it has begun, and ends when it is let go. */
function held(name: string): { script: string; begun: () => boolean; letGo: () => Promise<void> } {
  const [begun, go] = [join(folder, `${name}.begun`), join(folder, `${name}.go`)];
  return {
    script: `touch ${begun}; until test -e ${go}; do sleep 0.02; done`,
    begun: () => existsSync(begun),
    letGo: () => writeFile(go, ""),
  };
}

it("S15: a lane that is held up holds neither the node's other lanes nor other nodes", async () => {
  const { script, begun, letGo } = held("slow");
  const effects = join(folder, "effects");
  await fleet.steward(["send", "ship1", "shell", script, "--no-wait", "--id", "slow"]);
  await fleet.steward(["send", "ship1", "shell", `echo behind >> ${effects}`, "--no-wait", "--id", "behind"]);
  await until(begun);

  const others = [
    ["send", "ship1", "exec", "--", "sh", "-c", `echo other subject >> ${effects}`],
    ["send", "ship1", "log", "other type"],
    ["send", "ship2", "shell", `echo other node >> ${effects}`],
  ];
  for (const other of others) expect((await fleet.steward(other)).code).toBe(0);
  expect(await readAcks(fleet.nc, "slow")).toMatchObject([{ state: "started" }]);
  expect(await readAcks(fleet.nc, "behind")).toEqual([]);

  await letGo();
  await untilAnswered(fleet.nc);
  expect(await readFile(effects, "utf8")).toBe("other subject\nother node\nbehind\n");
  expect(await readAcks(fleet.nc, "behind")).toMatchObject([{ state: "started" }, { state: "succeeded" }]);
});

it("S15: a queue in one lane that is too long for memory does not delay another lane", async () => {
  const { script, begun, letGo } = held("head");
  const effects = join(folder, "effects");
  const filler = "x".repeat(100_000);
  const long = Array.from({ length: 60 }, (_, n) => ({
    node: "ship1",
    subject: "exec",
    data: ["sh", "-c", `echo ${n} >> ${effects}`, filler],
  }));
  const list = [{ node: "ship1", subject: "exec", data: ["sh", "-c", script] }, ...long];
  expect((await fleet.steward(["send", "--file", "-", "--no-wait"], JSON.stringify(list))).code).toBe(0);
  await until(begun);
  expect((await fleet.steward(["send", "ship1", "ping"])).stdout).toBe("pong\n");

  await letGo();
  await untilAnswered(fleet.nc);
  const ran = (await readFile(effects, "utf8")).trim().split("\n");
  expect(ran).toEqual(long.map((_message, n) => String(n)));
});

it("S7: a message too far back to be kept in memory is still checked, and may be removed by hand", async () => {
  const { script, begun, letGo } = held("head");
  const effects = join(folder, "effects");
  const command = (id: string, line: string): Message =>
    aMessage({ id, subject: "shell", data: [`${line} #${"x".repeat(100_000)}`] });
  await putMessage(fleet.nc, aMessage({ id: "head", subject: "shell", data: [script] }));
  for (let n = 0; n < 50; n++) await putMessage(fleet.nc, command(`filler-${n}`, "true"));
  const removed = await putMessage(fleet.nc, command("twin", `echo removed >> ${effects}`));
  await putMessage(fleet.nc, command("twin", `echo twin >> ${effects}`));
  const forged = JSON.stringify(command("forged", `echo forged >> ${effects}`));
  await putByHand(fleet.nc, "steward.ship1.command.shell.forged", forged, { "Nats-Sequence": "1000000" });
  await putMessage(fleet.nc, command("last", `echo last >> ${effects}`));
  await until(begun);
  await (await jetstreamManager(fleet.nc)).streams.deleteMessage("STEWARD_MESSAGES", removed);
  await letGo();
  await until(async () => (await readAcks(fleet.nc, "last")).length === 2);
  expect(await readFile(effects, "utf8")).toBe("twin\nlast\n");
  expect(await readAcks(fleet.nc, "forged")).toMatchObject([{ state: "rejected", error: { code: "forgedHeaders" } }]);
});

it("S7: one message's failure does not touch the next in its lane", async () => {
  const effects = join(folder, "effects");
  const scripts = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? `exit ${n + 1}` : `echo ${n} >> ${effects}`));
  const list = scripts.map((script, n) => ({ id: `m${n}`, node: "ship1", subject: "shell", data: [script] }));
  const sent = await fleet.steward(["send", "--file", "-", "--json"], JSON.stringify(list));
  expect(sent.code).toBe(1);
  expect(JSON.parse(sent.stdout)).toMatchObject({ summary: { succeeded: 10, failed: 10, pending: 0 } });

  expect((await readFile(effects, "utf8")).trim().split("\n")).toEqual([
    "1",
    "3",
    "5",
    "7",
    "9",
    "11",
    "13",
    "15",
    "17",
    "19",
  ]);
  for (const [n, script] of scripts.entries()) {
    const final = (await readAcks(fleet.nc, `m${n}`)).at(-1);
    expect(final).toMatchObject(
      script.startsWith("exit") ? { state: "failed", exitCode: n + 1 } : { state: "succeeded", exitCode: 0 },
    );
  }
});

it("S10: a lane begins with its first message and ends with its last", async () => {
  const { script, begun, letGo } = held("only");
  const lanes = async (): Promise<unknown> => {
    const status = await fleet.nc.request("steward.ship1.control.status", "", { timeout: 5000 });
    return status.json<{ lanes: unknown }>().lanes;
  };
  expect(await lanes()).toEqual([]);
  for (const id of ["first", "second"]) {
    await fleet.steward(["send", "ship1", "shell", script, "--no-wait", "--id", id]);
  }
  await until(begun);
  expect(await lanes()).toEqual([{ name: "command.shell", waiting: 1, running: 1 }]);
  await letGo();
  await untilAnswered(fleet.nc);
  expect(await lanes()).toEqual([]);
});

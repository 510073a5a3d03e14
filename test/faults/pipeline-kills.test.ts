import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Message } from "../../src/protocol/message.ts";
import { aMessage, putMessage, readStates, untilAnswered } from "../support/broker-state.ts";
import type { ClientOperation } from "../support/client-operations.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink, type Link } from "../support/link.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let link: Link;
let ship1: TestNode;
let folder: string;
let onOperation: ((operation: ClientOperation, forward: () => void) => Promise<void>) | undefined;
beforeEach(async () => {
  // Who is told of what was interrupted.
  fleet = await startFleet(["central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-pipeline-"));
  onOperation = undefined;
  link = await startLink([fleet.server.url], async (operation, forward) => {
    if (onOperation === undefined) forward();
    else await onOperation(operation, forward);
  });
  ship1 = await startNode(link.url, "ship1");
});
afterEach(async () => {
  await ship1[Symbol.asyncDispose]();
  await link[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const isAck = (state: string) => (operation: ClientOperation) =>
  operation.subject.startsWith("steward.ship1.ack.") && operation.payload.includes(`"state":"${state}"`);
const isRemoval = ({ subject }: ClientOperation): boolean => subject.startsWith("$JS.API.STREAM.MSG.DELETE.");

/** Kills the daemon when it says this to the broker, which does not hear it. */
async function killBefore(says: (operation: ClientOperation) => boolean, send: () => Promise<void>): Promise<void> {
  let hasSaid = false;
  onOperation = async (operation, forward) => {
    hasSaid ||= says(operation);
    if (hasSaid) await ship1.kill();
    else forward();
  };
  await send();
  await until(() => hasSaid);
  await ship1.kill();
}

/** Kills the daemon when the broker has stored its `started`, and the answer has not come to it. */
async function killAfterStarted(send: () => Promise<void>): Promise<void> {
  let hasSaid = false;
  onOperation = async (operation, forward) => {
    hasSaid ||= isAck("started")(operation);
    if (hasSaid) link.cut("down");
    forward();
  };
  await send();
  await until(async () => (await states("it")).length === 1);
  await ship1.kill();
  link.heal();
}

/** Kills the daemon when what it runs has begun. */
async function killDuringTheRun(send: () => Promise<void>): Promise<void> {
  await send();
  await until(() => existsSync(join(folder, "begun")));
  await ship1.kill();
}

const kills: Readonly<Record<string, (send: () => Promise<void>) => Promise<void>>> = {
  "before `started` is stored": (send) => killBefore(isAck("started"), send),
  "after `started`, before the run": killAfterStarted,
  "during the run": killDuringTheRun,
  "after the run, before the final ACK": (send) => killBefore(isAck("succeeded"), send),
  "after the final ACK, before the removal": (send) => killBefore(isRemoval, send),
};

const [before, started, during, ran, ended] = Object.keys(kills) as [string, string, string, string, string];
const once = ["started 1", "succeeded 1"];
const twice = ["started 1", "started 2", "succeeded 2"];
const interrupted = ["started 1", "interrupted 1"];

it.each([
  [before, "command", "atLeastOnce", once, 1],
  [started, "command", "atLeastOnce", twice, 1],
  [during, "command", "atLeastOnce", twice, 2],
  [ran, "command", "atLeastOnce", twice, 2],
  [ended, "command", "atLeastOnce", once, 1],
  [before, "command", "atMostOnce", once, 1],
  [started, "command", "atMostOnce", interrupted, 0],
  [during, "command", "atMostOnce", interrupted, 1],
  [ran, "command", "atMostOnce", interrupted, 1],
  [ended, "command", "atMostOnce", once, 1],
  [ran, "event", "atLeastOnce", once, 2],
  [ended, "event", "atLeastOnce", ["succeeded 1"], 1],
  [before, "event", "atMostOnce", once, 1],
  [started, "event", "atMostOnce", interrupted, 0],
  [ran, "event", "atMostOnce", interrupted, 1],
  [ended, "event", "atMostOnce", once, 1],
] as const)("killed %s: a %s, %s, ends as %j and ran %i times", async (point, messageType, delivery, acks, runs) => {
  const effects = messageType === "command" ? join(folder, "effects") : join(ship1.dataDir, "log/test.log");
  const go = join(folder, "go");
  // The first run that is to be met in its middle stays there; its repetition does not.
  const stay = point === during ? `test -e ${go} || { touch ${go} ${join(folder, "begun")}; sleep 30; }` : "true";
  const put = async (id: string): Promise<void> => {
    const work: Partial<Message> =
      messageType === "command"
        ? { subject: "shell", data: [`echo ${id} >> ${effects}; ${id === "it" ? stay : "true"}`] }
        : { messageType, subject: "log", data: [id] };
    await putMessage(fleet.nc, aMessage({ id, delivery, ...work }));
  };
  await kills[point]!(() => put("it"));
  onOperation = undefined;
  link.drop();
  await put("next");
  await ship1.restart();
  await untilAnswered(fleet.nc);

  expect(await states("it")).toEqual(acks);
  expect((await states("next")).at(-1)).toBe("succeeded 1");
  const lines = (await readFile(effects, "utf8")).trim().split("\n");
  expect(lines).toEqual([...Array.from({ length: runs }, () => "it"), "next"]);
});

function states(id: string): Promise<string[]> {
  return readStates(fleet.nc, id);
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { errors } from "nats";
import { pino } from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import { identityText, thisProcess } from "../../../src/exec/process-identity.ts";
import { childEnvironment, commonEnvironment, type Run } from "../../../src/node/child-environment.ts";
import { endOrphans, endLeftovers } from "../../../src/node/orphans.ts";
import type { Ack } from "../../../src/protocol/ack.ts";
import type { Address } from "../../../src/protocol/subjects.ts";
import { answerOf, refusal, scriptedBroker, type ScriptedBroker } from "../broker/support.ts";
import { isRunning } from "../exec/support.ts";

/** No daemon's: what bears it is ended. */
const node = `unit-${process.pid}`;
const gone = identityText({ ...thisProcess(), pid: 2 ** 22 + 1 });
const elsewhere = identityText({ ...thisProcess(), pid: 2 ** 22 + 1, pidNamespace: "pid:[1]" });
const living = identityText(thisProcess());

const address = (id: string): Address => ({ node, messageType: "command", subject: "exec", id });

interface Started {
  readonly run: Omit<Run, "daemon">;
  readonly pid: number;
}

/** Starts a process as a run of a message, by a daemon that is gone unless another is given. */
async function start(changes: Partial<Omit<Run, "daemon">> = {}, daemon: string = gone): Promise<Started> {
  const run = { namespace: "steward", address: address("a"), instance: "former", ...changes };
  const common = commonEnvironment({ PATH: process.env["PATH"] }, { ...run, node: run.address.node });
  const marks = { ...childEnvironment(common, run.address), STEWARD_RUN_DAEMON: daemon };
  const child = spawn("sleep", ["100"], { env: marks, detached: true, stdio: "ignore" });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const pid = child.pid!;
  await vi.waitUntil(() => isRunning(pid));
  return { run, pid };
}

const none = refusal(10037, "no message found", 404);

const answerWith = (ack: unknown): ReturnType<typeof answerOf> =>
  answerOf({ message: { data: Buffer.from(JSON.stringify(ack)).toString("base64") } });

const ackOf = (changes: Partial<Ack>): Ack => ({
  ...address("a"),
  state: "started",
  attempt: 1,
  instance: "former",
  ...changes,
});

function brokerWhere(ack: ReturnType<typeof answerOf>, queued: Readonly<Record<string, number>> = {}): ScriptedBroker {
  return scriptedBroker(({ subject }) =>
    subject.includes(".MSG.GET.") ? ack : answerOf({ state: { subjects: queued }, total: 1 }),
  );
}

async function endOrphansOf({ broker }: Pick<ScriptedBroker, "broker">): Promise<string[]> {
  const reported: string[] = [];
  const log = pino({ level: "info" }, { write: (line) => void reported.push(line) });
  await endOrphans(broker, node, log, new AbortController().signal);
  return reported;
}

const inQueue = { [`steward.${node}.command.exec.a`]: 1 };

test.each([
  ["started", answerWith(ackOf({})), {}, true],
  ["waiting for a retry", answerWith(ackOf({ state: "retrying" })), {}, true],
  ["started again by another life", answerWith(ackOf({ instance: "other", attempt: 2 })), {}, true],
  ["ended by another life", answerWith(ackOf({ instance: "other", attempt: 2, state: "succeeded" })), {}, true],
  ["cancelled", answerWith(ackOf({ state: "cancelled", instance: "cli" })), {}, true],
  ["without an ACK, and still in the queue", none, inQueue, true],
  ["without an ACK, and not in the queue", none, {}, false],
  ["ended well", answerWith(ackOf({ state: "succeeded" })), inQueue, false],
  ["ended badly", answerWith(ackOf({ state: "failed" })), inQueue, false],
  ["with an ACK that nobody can read", answerWith("what?"), inQueue, false],
])("of a message that is %s", async (_what, ack, queued, ends) => {
  const { pid } = await start();
  const reported = await endOrphansOf(brokerWhere(ack, queued));
  expect(isRunning(pid)).toBe(!ends);
  expect(reported.map((line) => JSON.parse(line) as unknown)).toMatchObject(ends ? [{ id: "a", pid }] : []);
});

test.each([
  ["whose daemon lives", {}, living],
  ["whose daemon is in another container", {}, elsewhere],
  ["of another fleet", { namespace: "other" }, gone],
  ["of another node", { address: { ...address("a"), node: `${node}-2` } }, gone],
])("a process %s is left alone, and the broker is not asked about it", async (_what, changes, daemon) => {
  const { pid } = await start(changes, daemon);
  const script = brokerWhere(answerWith(ackOf({})));
  await endOrphansOf(script);
  expect(isRunning(pid)).toBe(true);
  expect(script.asked).toEqual([]);
});

test("the broker is asked once for each run, and waited for", async () => {
  const orphans = [await start(), await start()];
  let silent = 3;
  const script = scriptedBroker(() => (silent-- > 0 ? new errors.TimeoutError() : answerWith(ackOf({}))));
  await endOrphansOf(script);
  expect(script.asked).toHaveLength(4);
  expect(orphans.map(({ pid }) => isRunning(pid))).toEqual([false, false]);
});

test("while the broker is silent nothing is ended, and the wait can be", async () => {
  const { pid } = await start();
  const { broker } = scriptedBroker(() => new errors.TimeoutError());
  const stop = new AbortController();
  const waiting = endOrphans(broker, node, pino({ enabled: false }), stop.signal);
  stop.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
  expect(isRunning(pid)).toBe(true);
});

test("leftovers are those of one message in one daemon, whether its processes live or not", async () => {
  const other = { ...address("a"), subject: "shell" };
  const starts = [
    {},
    {},
    { instance: "another" },
    { address: address("b") },
    { address: other },
    { namespace: "other" },
  ];
  const started = await Promise.all(starts.map((changes) => start(changes, living)));
  await endLeftovers(started[0]!.run, address("a"), pino({ enabled: false }), new AbortController().signal);
  expect(started.map(({ pid }) => isRunning(pid))).toEqual([false, false, true, true, true, true]);
});

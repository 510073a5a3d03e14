import { setTimeout as delay } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { NotNowError, TerminalError } from "../../../../src/handlers/define.ts";
import { Suspects } from "../../../../src/node/suspects.ts";
import { StewardError } from "../../../../src/protocol/errors.ts";
import { gate } from "../support.ts";
import { scripted } from "./support.ts";

const full = (code: string, syscall: string = "write"): Error =>
  Object.assign(new Error(`${code}: no room`), { code, syscall });
const event = { messageType: "event", subject: "log" } as const;

/** A handler that throws these errors in turn, and then succeeds. */
function throwing(errors: readonly unknown[]) {
  const left = [...errors];
  return vi.fn(async () => {
    if (left.length > 0) throw left.shift();
    return {};
  });
}

const codes = ["EMFILE", "ENFILE", "EAGAIN", "ENOMEM", "ENOSPC", "EDQUOT", "EROFS", "EIO", "ESTALE"];

test("an event for which there is no room is run again until there is, in the same attempt and without an ACK", async () => {
  const failWith = async (code: string): Promise<void> => {
    const run = throwing([full(code), full(code)]);
    const troubles = { report: vi.fn(), end: vi.fn() };
    const { through, journal, message } = scripted({ message: event, handler: { run }, env: { troubles } as object });
    expect(await through()).toMatchObject({ state: "succeeded", attempt: 1 });
    expect(journal.states(message)).toEqual(["succeeded 1"]);
    expect(run).toHaveBeenCalledTimes(3);
    expect(troubles.report).toHaveBeenCalledWith("event.log", "noRoom", `${code}: no room`);
    expect(troubles.end.mock.calls).toEqual([["event.log"]]);
  };
  await Promise.all(codes.map(failWith));
});

test.each<[what: string, error: Error]>([
  ["was caused by one", new StewardError("spawnFailed", "cannot start it", { cause: full("EAGAIN", "spawn") })],
  ["crossed from a handler's process", new NotNowError("handlerFailed", "ENOSPC: no room")],
])("an event waits at an error that %s", async (_what, error) => {
  const { through } = scripted({ message: event, handler: { run: throwing([error]) } });
  expect(await through()).toMatchObject({ state: "succeeded" });
});

test.each<[what: string, error: Error]>([
  ["only looks like the system's", Object.assign(new Error("ENOSPC"), { code: "ENOSPC" })],
  ["says nothing of room", full("ENOENT")],
  ["is for good by the handler's own word", new TerminalError("handlerFailed", "no", {})],
])("an event fails at an error that %s", async (_what, error) => {
  const { through } = scripted({ message: event, handler: { run: throwing([error]) } });
  expect(await through()).toMatchObject({ state: "failed" });
});

test.each([
  ["a command", { messageType: "command" }],
  ["an event that may run at most once", { ...event, delivery: "atMostOnce" }],
] as const)("%s fails", async (_what, changes) => {
  const { through } = scripted({ message: changes, handler: { run: throwing([full("ENOSPC")]) } });
  expect(await through()).toMatchObject({ state: "failed" });
});

test("a program that could not be started is reported", async () => {
  const troubles = { cannotStart: vi.fn(), end: vi.fn() };
  const error = new StewardError("spawnFailed", "cannot start it", { cause: full("EMFILE", "spawn") });
  const { through } = scripted({ handler: { run: throwing([error]) }, env: { troubles } as object });
  expect(await through()).toMatchObject({ state: "failed", error: { code: "spawnFailed" } });
  expect(troubles.cannotStart).toHaveBeenCalledWith("cannot start it");
});

test("a message that waits for room is left at once when its lane stops, without an ACK", async () => {
  const { process, journal, message } = scripted({ message: event, handler: { run: throwing([full("ENOSPC")]) } });
  const running = process.run(await process.open());
  await delay(50);
  process.leaveIfWaiting();
  await expect(running).rejects.toBeInstanceOf(Error);
  expect(journal.states(message)).toEqual([]);
});

test("a message that runs when its lane stops runs on, and is left as soon as there is no room for it", async () => {
  const room = gate();
  const run = vi.fn(() => room.promise.then(() => ({})));
  const { process, journal, message } = scripted({ message: event, handler: { run } });
  const left = vi.fn<() => void>();
  const running = process.run(await process.open()).catch(left);
  process.leaveIfWaiting();
  await delay(50);
  expect(left).not.toHaveBeenCalled();
  room.fail(full("ENOSPC"));
  await delay(50);
  expect(left).toHaveBeenCalledOnce();
  expect(run).toHaveBeenCalledOnce();
  await running;
  expect(journal.states(message)).toEqual([]);
});

test("a suspect that waits for room keeps no other message from running alone", async () => {
  const lanes = { running: 1 };
  const suspects = new Suspects(lanes);
  const { process } = scripted({
    message: event,
    handler: { run: throwing([full("ENOSPC")]) },
    env: { suspects },
  });
  const opened = await process.open();
  const turn = await suspects.turn(2, false, () => {});
  const ending = process.run({ ...opened, turn, ends: 2 } as typeof opened);
  lanes.running = 2;
  const another = await Promise.race([suspects.turn(2, false, () => {}), delay(500, undefined)]);
  expect(another?.isAlone).toBe(true);
  another?.end();
  expect(await ending).toMatchObject({ final: { state: "succeeded" } });
});

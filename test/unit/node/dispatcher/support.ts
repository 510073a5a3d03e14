import { pino } from "pino";
import { onTestFinished, vi } from "vitest";
import { noConfig, type NodeConfig } from "../../../../src/config/node-config.ts";
import { RunError, type Handler, type RunContext } from "../../../../src/handlers/define.ts";
import { Dispatcher } from "../../../../src/node/dispatcher.ts";
import type { QueuedPayloads } from "../../../../src/node/backlog.ts";
import { LaneHolds } from "../../../../src/node/holds.ts";
import { Lanes } from "../../../../src/node/lanes.ts";
import type { Notices } from "../../../../src/node/notices.ts";
import type { Remover } from "../../../../src/node/remover.ts";
import { Shutdown } from "../../../../src/node/shutdown.ts";
import { TakenMessages, type Taken } from "../../../../src/node/taken.ts";
import type { Message } from "../../../../src/protocol/message.ts";
import { scriptedBroker, stored } from "../../broker/support.ts";
import { childrenWith, handlerWith, MemoryJournal, testParts } from "../test-parts.ts";
import { gate, quiet, type Gate } from "../support.ts";

export interface ScriptedDispatcher {
  readonly dispatcher: Dispatcher;
  readonly holds: LaneHolds;
  readonly shutdown: Shutdown;
  /** What was taken in and not removed. */
  readonly taken: TakenMessages;
  readonly journal: MemoryJournal;
  /** Ids of messages whose handler began, in order. */
  readonly runs: string[];
  /** Holds the handler of a message up until the gate is opened; it does not heed its signal. */
  readonly hold: (id: string) => Gate;
  /** Subjects on which a message was removed. */
  readonly removed: string[];
  /** What was written into the state bucket. */
  readonly entries: Record<string, unknown>[];
  /** Holds up what is written into the state bucket. */
  readonly storing: { before: Promise<void> };
  /** Called before each removal; may be made to fail. */
  readonly tell: ReturnType<typeof vi.fn<(notices: readonly Message[]) => Promise<void>>>;
  /** Hears that the daemon shall be stopped, and why. */
  readonly shutDown: ReturnType<typeof vi.fn<(reason?: Error) => void>>;
  readonly endLeftovers: ReturnType<typeof vi.fn<(taken: Taken) => Promise<void>>>;
  /** What is read when a payload was dropped. */
  readonly payloadOf: ReturnType<typeof vi.fn<(taken: Taken) => Promise<Uint8Array | undefined>>>;
}

/**
 * A dispatcher with a journal in memory, whose handlers wait where a test holds them. Those of messages whose id begins
 * with `bad` fail.
 */
export function scriptedDispatcher(
  changes: Partial<Handler> = {},
  config: Partial<NodeConfig> = {},
): ScriptedDispatcher {
  const journal = new MemoryJournal();
  const shutDown = vi.fn<(reason?: Error) => void>();
  const shutdown = new Shutdown(shutDown);
  const runs: string[] = [];
  const removed: string[] = [];
  const gates = new Map<string, Gate>();
  const run = async ({ message }: RunContext): Promise<object> => {
    runs.push(message.id);
    await gates.get(message.id)?.promise;
    if (message.id.startsWith("bad")) throw new RunError("exitCode", "exit code 1");
    return {};
  };
  const tell = vi.fn<(notices: readonly Message[]) => Promise<void>>(async () => {});
  const endLeftovers = vi.fn<(taken: Taken) => Promise<void>>(async () => {});
  const payloadOf = vi.fn<(taken: Taken) => Promise<Uint8Array | undefined>>(async () => undefined);
  const handlers = [
    handlerWith({ run, ...changes }),
    handlerWith({ subject: "other", run }),
    handlerWith({ messageType: "event", subject: "log", run }),
  ];
  const entries: Record<string, unknown>[] = [];
  const storing: ScriptedDispatcher["storing"] = { before: Promise.resolve() };
  const { broker } = scriptedBroker(async ({ body }) => {
    await storing.before;
    entries.push(JSON.parse(body) as Record<string, unknown>);
    return stored(entries.length);
  });
  const log = pino({ level: "silent" });
  const holds = new LaneHolds(broker, "ship1", log, shutdown.signal, () => true);
  const taken = new TakenMessages();
  const remove = (one: Taken): void => {
    if (!taken.end(one)) return;
    taken.forget(one);
    removed.push(one.address.id);
  };
  const parts = testParts(journal, handlers, {
    settings: { config: () => ({ ...noConfig, ...config }) },
    holds,
    log,
    shutdown,
    taken,
    notices: { send: tell } as unknown as Notices,
    children: childrenWith({ endLeftovers }),
    remover: { remove } as unknown as Remover,
    payloads: { one: payloadOf, many: async () => new Map() } as unknown as QueuedPayloads,
  });
  const dispatcher = new Dispatcher(parts, new Lanes());
  const hold = (id: string): Gate => {
    const held = gate();
    gates.set(id, held);
    return held;
  };
  return {
    dispatcher,
    holds,
    shutdown,
    taken,
    journal,
    runs,
    hold,
    removed,
    entries,
    storing,
    tell,
    shutDown,
    endLeftovers,
    payloadOf,
  };
}

/** Lets the time pass after which broken lanes begin again. */
export async function afterRestart(): Promise<void> {
  await quiet();
  await vi.advanceTimersByTimeAsync(1000);
  await quiet();
}

/** For tests of restarts: only timers are false, so that `quiet` still waits for all that is under way. */
export function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

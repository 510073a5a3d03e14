import { pino } from "pino";
import { onTestFinished, vi } from "vitest";
import { noConfig, type NodeConfig } from "../../../../src/config/node-config.ts";
import { RunError, type Handler, type RunContext } from "../../../../src/handlers/define.ts";
import { Dispatcher } from "../../../../src/node/dispatcher.ts";
import type { Held } from "../../../../src/node/held.ts";
import { LaneHolds } from "../../../../src/node/holds.ts";
import type { StewardError } from "../../../../src/protocol/errors.ts";
import type { Message } from "../../../../src/protocol/message.ts";
import { scriptedBroker, stored } from "../../broker/support.ts";
import { handlerWith, MemoryJournal, processEnvironment } from "../process-environment.ts";
import { gate, quiet, type Gate } from "../support.ts";

export interface ScriptedDispatcher {
  readonly dispatcher: Dispatcher;
  readonly holds: LaneHolds;
  readonly shutdown: AbortController;
  readonly journal: MemoryJournal;
  /** Ids of messages whose handler began, in order. */
  readonly runs: string[];
  /** Holds the handler of a message up until the gate is opened; it does not heed its signal. */
  readonly hold: (id: string) => Gate;
  /** Subjects on which a message was acknowledged. */
  readonly acknowledged: string[];
  /** What was written into the state bucket. */
  readonly entries: Record<string, unknown>[];
  /** Holds up what is written into the state bucket. */
  readonly storing: { before: Promise<void> };
  /** Called before each acknowledgement; may be made to fail. */
  readonly tell: ReturnType<typeof vi.fn<(notices: readonly Message[]) => Promise<void>>>;
  readonly fatal: ReturnType<typeof vi.fn<(error: Error) => void>>;
  readonly shutDown: ReturnType<typeof vi.fn<(error: StewardError) => void>>;
  readonly endLeftovers: ReturnType<typeof vi.fn<(held: Held) => Promise<void>>>;
  /** What is read when a payload was dropped. */
  readonly payloadOf: ReturnType<typeof vi.fn<(held: Held) => Promise<Uint8Array | undefined>>>;
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
  const shutdown = new AbortController();
  const runs: string[] = [];
  const acknowledged: string[] = [];
  const gates = new Map<string, Gate>();
  const run = async ({ message }: RunContext): Promise<object> => {
    runs.push(message.id);
    await gates.get(message.id)?.promise;
    if (message.id.startsWith("bad")) throw new RunError("exitCode", "exit code 1");
    return {};
  };
  const tell = vi.fn<(notices: readonly Message[]) => Promise<void>>(async () => {});
  const fatal = vi.fn<(error: Error) => void>();
  const shutDown = vi.fn<(error: StewardError) => void>();
  const endLeftovers = vi.fn<(held: Held) => Promise<void>>(async () => {});
  const payloadOf = vi.fn<(held: Held) => Promise<Uint8Array | undefined>>(async () => undefined);
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
  const dispatcher = new Dispatcher({
    ...processEnvironment(journal, handlers, {
      endLeftovers,
      settings: { config: () => ({ ...noConfig, ...config }) },
    }),
    holds,
    shutdown: shutdown.signal,
    log,
    acknowledge: ({ ackSubject }) => acknowledged.push(ackSubject),
    tell,
    fatal,
    shutDown,
    payloadOf,
    payloadsOf: async () => new Map(),
  });
  const hold = (id: string): Gate => {
    const held = gate();
    gates.set(id, held);
    return held;
  };
  return {
    dispatcher,
    holds,
    shutdown,
    journal,
    runs,
    hold,
    acknowledged,
    entries,
    storing,
    tell,
    fatal,
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

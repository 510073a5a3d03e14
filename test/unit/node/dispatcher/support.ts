import { pino } from "pino";
import { onTestFinished, vi } from "vitest";
import { Dispatcher } from "../../../../src/node/dispatcher.ts";
import type { Held } from "../../../../src/node/held.ts";
import type { Handler, RunContext } from "../../../../src/handlers/define.ts";
import type { Ack } from "../../../../src/protocol/ack.ts";
import { handlerWith, MemoryJournal, processEnvironment } from "../process-environment.ts";
import { gate, quiet, type Gate } from "../support.ts";

export interface ScriptedDispatcher {
  readonly dispatcher: Dispatcher;
  readonly shutdown: AbortController;
  readonly journal: MemoryJournal;
  /** Ids of messages whose handler began, in order. */
  readonly runs: string[];
  /** Holds the handler of a message up until the gate is opened. */
  readonly hold: (id: string) => Gate;
  /** Subjects on which a message was acknowledged. */
  readonly acknowledged: string[];
  /** Called before each acknowledgement; may be made to fail. */
  readonly tell: ReturnType<typeof vi.fn<(held: Held, final: Ack) => Promise<void>>>;
  readonly fatal: ReturnType<typeof vi.fn<(error: Error) => void>>;
  /** What is read when a payload was dropped. */
  readonly payloadOf: ReturnType<typeof vi.fn<(held: Held) => Promise<Uint8Array | undefined>>>;
}

/** A dispatcher with a journal in memory, whose handlers wait where a test holds them. */
export function scriptedDispatcher(changes: Partial<Handler> = {}): ScriptedDispatcher {
  const journal = new MemoryJournal();
  const shutdown = new AbortController();
  const runs: string[] = [];
  const acknowledged: string[] = [];
  const gates = new Map<string, Gate>();
  const run = async ({ message }: RunContext): Promise<object> => {
    runs.push(message.id);
    await gates.get(message.id)?.promise;
    return {};
  };
  const tell = vi.fn<(held: Held, final: Ack) => Promise<void>>(async () => {});
  const fatal = vi.fn<(error: Error) => void>();
  const payloadOf = vi.fn<(held: Held) => Promise<Uint8Array | undefined>>(async () => undefined);
  const handlers = [
    handlerWith({ run, ...changes }),
    handlerWith({ subject: "other", run }),
    handlerWith({ messageType: "event", subject: "log", run }),
  ];
  const dispatcher = new Dispatcher({
    ...processEnvironment(journal, handlers, { shutdown: shutdown.signal }),
    log: pino({ level: "silent" }),
    acknowledge: ({ ackSubject }) => acknowledged.push(ackSubject),
    tell,
    fatal,
    payloadOf,
  });
  const hold = (id: string): Gate => {
    const held = gate();
    gates.set(id, held);
    return held;
  };
  return { dispatcher, shutdown, journal, runs, hold, acknowledged, tell, fatal, payloadOf };
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

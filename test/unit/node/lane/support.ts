import { onTestFinished, vi } from "vitest";
import type { Link } from "../../../../src/broker/write/journal.ts";
import type { Interruption } from "../../../../src/node/attempt.ts";
import type { QueuedPayloads } from "../../../../src/node/backlog.ts";
import type { Opened } from "../../../../src/node/claim.ts";
import type { LaneHolds } from "../../../../src/node/holds.ts";
import type { Kernel } from "../../../../src/node/kernel.ts";
import { Lane } from "../../../../src/node/lane.ts";
import { MessageProcess } from "../../../../src/node/message-process.ts";
import type { Notices } from "../../../../src/node/notices.ts";
import type { Taken } from "../../../../src/node/taken.ts";
import type { FinalState } from "../../../../src/protocol/ack.ts";
import { MemoryJournal, testParts } from "../test-parts.ts";
import { gate, messageWith, takenOf, type Gate } from "../support.ts";

export interface ScriptedLane {
  readonly lane: Lane;
  /** What was done, in order: `open a`, `run a`, `close a`, `settle a` …, `broken`, `idle`. */
  readonly steps: string[];
  /** Messages as they were given to `push`. */
  readonly push: (...ids: string[]) => Taken[];
  /** Holds the lane up at a step, such as `run a`, or `read a` for the payload, until the gate is opened. */
  readonly hold: (step: string) => Gate;
  /** How a message ends; unless told it succeeds. */
  readonly ends: (id: string, state: FinalState) => void;
  /** Messages that are not in the queue any more. */
  readonly vanished: Set<string>;
  /** What payloads the lane has had read again, by the messages' ids; with `readable` they are found. */
  readonly reads: string[][];
  readonly readable: Map<string, Uint8Array>;
  /** Messages that were opened and whose turn as a suspect has ended. */
  readonly turnsEnded: string[];
  /** While it is on, the lane may begin nothing. */
  readonly pause: { on: boolean };
}

/** A lane whose processes do nothing but tell what they are asked, and wait where a test holds them. */
export function scriptedLane(concurrency: number = 1, mayRepeat: boolean = false): ScriptedLane {
  const steps: string[] = [];
  const gates = new Map<string, Gate>();
  const states = new Map<string, FinalState>();
  const vanished = new Set<string>();
  const step = async (name: string): Promise<void> => {
    steps.push(name);
    await gates.get(name)?.promise;
  };
  const turnsEnded: string[] = [];
  const reads: string[][] = [];
  const readable = new Map<string, Uint8Array>();
  const pause: ScriptedLane["pause"] = { on: false };
  const finalOf = ({ address }: Taken): Link["ack"] => ({
    ...address,
    state: states.get(address.id) ?? "succeeded",
    attempt: 1,
    instance: "me",
  });
  scriptProcesses({
    open: ({ taken }) => {
      const turn = { end: () => void turnsEnded.push(taken.address.id) };
      return step(`open ${taken.address.id}`).then(() => ({ kind: "run", mayRepeat, turn }) as Opened);
    },
    run: ({ taken }) =>
      step(`run ${taken.address.id}`).then(() => ({ kind: "ended", final: finalOf(taken), after: 0 }) as const),
    close: ({ taken }) => step(`close ${taken.address.id}`).then(() => ({ sequence: 1, ack: finalOf(taken) })),
    interrupt: ({ taken }, { kind }) => steps.push(`${kind} ${taken.address.id}`) > 0,
  });
  let settling = "";
  const judge: Kernel["judge"] = ({ id }) => {
    settling = id;
    return "continue";
  };
  const parts = testParts(new MemoryJournal(), [], {
    holds: { mayBegin: () => !pause.on, of: () => undefined } as unknown as LaneHolds,
    kernel: { judge, settled: () => {} } as Partial<Kernel> as Kernel,
    notices: { send: () => step(`settle ${settling}`) } as unknown as Notices,
    payloads: {
      one: async ({ address, payload }: Taken) => {
        await gates.get(`read ${address.id}`)?.promise;
        return vanished.has(address.id) ? undefined : (payload ?? Buffer.alloc(0));
      },
      many: async (wanted: readonly Taken[]) => {
        reads.push(wanted.map(({ address }) => address.id));
        await gates.get("read ahead")?.promise;
        return new Map(
          wanted.flatMap((taken) => {
            const payload = readable.get(taken.address.id);
            return payload === undefined ? [] : [[taken, payload] as const];
          }),
        );
      },
    } as unknown as QueuedPayloads,
  });
  const lane = new Lane("command.ping", concurrency, parts, {
    broke: () => steps.push("broken"),
    idle: () => steps.push("idle"),
    restartSoon: () => {},
  });
  return {
    lane,
    steps,
    vanished,
    turnsEnded,
    pause,
    reads,
    readable,
    push: (...ids) =>
      ids.map((id) => {
        const taken = takenOf(messageWith({ id }));
        if (vanished.has(id) || gates.has(`read ${id}`)) taken.payload = undefined;
        lane.push(taken);
        return taken;
      }),
    hold: (name) => {
      const held = gate();
      gates.set(name, held);
      return held;
    },
    ends: (id, state) => states.set(id, state),
  };
}

/** What the processes of messages do in place of what they are for. */
interface Script {
  readonly open: (process: MessageProcess) => ReturnType<MessageProcess["open"]>;
  readonly run: (process: MessageProcess) => ReturnType<MessageProcess["run"]>;
  readonly close: (process: MessageProcess) => ReturnType<MessageProcess["close"]>;
  readonly interrupt: (process: MessageProcess, why: Interruption) => boolean;
}

function scriptProcesses({ open, run, close, interrupt }: Script): void {
  const spies = [
    vi.spyOn(MessageProcess.prototype, "open").mockImplementation(function (this: MessageProcess) {
      return open(this);
    }),
    vi.spyOn(MessageProcess.prototype, "run").mockImplementation(function (this: MessageProcess) {
      return run(this);
    }),
    vi.spyOn(MessageProcess.prototype, "close").mockImplementation(function (this: MessageProcess) {
      return close(this);
    }),
    vi.spyOn(MessageProcess.prototype, "interrupt").mockImplementation(function (this: MessageProcess, why) {
      return interrupt(this, why);
    }),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
}

import type { Link } from "../../../../src/broker/write/journal.ts";
import type { Interruption } from "../../../../src/node/attempt.ts";
import type { Held } from "../../../../src/node/held.ts";
import { Lane } from "../../../../src/node/lane.ts";
import type { MessageProcess } from "../../../../src/node/message-process.ts";
import type { FinalState } from "../../../../src/protocol/ack.ts";
import { gate, heldOf, messageWith, type Gate } from "../support.ts";

export interface ScriptedLane {
  readonly lane: Lane;
  /** What was done, in order: `open a`, `run a`, `close a`, `settle a` …, `broken`, `idle`. */
  readonly steps: string[];
  /** Messages as they were given to `push`. */
  readonly push: (...ids: string[]) => Held[];
  /** Holds the lane up at a step, such as `run a`, or `read a` for the payload, until the gate is opened. */
  readonly hold: (step: string) => Gate;
  /** How a message ends; unless told it succeeds. */
  readonly ends: (id: string, state: FinalState) => void;
  /** Messages that are not in the queue any more. */
  readonly vanished: Set<string>;
  /** What payloads the lane has had read again, by the messages' ids; with `readable` they are found. */
  readonly reads: string[][];
  readonly readable: Map<string, Uint8Array>;
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
  const reads: string[][] = [];
  const readable = new Map<string, Uint8Array>();
  const pause: ScriptedLane["pause"] = { on: false };
  const processOf = (held: Held): MessageProcess => {
    const { id } = held.address;
    const final = { id, state: states.get(id) ?? "succeeded" };
    const link = { sequence: 1, ack: final };
    const process = {
      held,
      open: () => step(`open ${id}`).then(() => ({ kind: "run", mayRepeat })),
      run: () => step(`run ${id}`).then(() => ({ kind: "ended", final, after: 0 })),
      close: () => step(`close ${id}`).then(() => link),
      leaveIfWaiting: () => {},
      interrupt: ({ kind }: Interruption) => void steps.push(`${kind} ${id}`),
    };
    return process as unknown as MessageProcess;
  };
  const lane = new Lane("command.ping", concurrency, {
    processOf: (held) => {
      const { id } = held.address;
      if (vanished.has(id)) return Promise.resolve(undefined);
      const reading = gates.get(`read ${id}`);
      return reading === undefined ? processOf(held) : reading.promise.then(() => processOf(held));
    },
    payloadsOf: async (wanted) => {
      reads.push(wanted.map(({ address }) => address.id));
      await gates.get("read ahead")?.promise;
      return new Map(
        wanted.flatMap((held) => {
          const payload = readable.get(held.address.id);
          return payload === undefined ? [] : [[held, payload] as const];
        }),
      );
    },
    settle: (_held, { ack }: Link) => step(`settle ${ack.id}`),
    isHeld: () => pause.on,
    broken: () => steps.push("broken"),
    idle: () => steps.push("idle"),
  });
  return {
    lane,
    steps,
    vanished,
    pause,
    reads,
    readable,
    push: (...ids) =>
      ids.map((id) => {
        const held = heldOf(messageWith({ id }));
        lane.push(held);
        return held;
      }),
    hold: (name) => {
      const held = gate();
      gates.set(name, held);
      return held;
    },
    ends: (id, state) => states.set(id, state),
  };
}

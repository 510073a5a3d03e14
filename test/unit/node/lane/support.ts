import { Lane } from "../../../../src/node/lane.ts";
import type { Interruption } from "../../../../src/node/attempt.ts";
import type { Held } from "../../../../src/node/held.ts";
import type { MessageProcess } from "../../../../src/node/message-process.ts";
import type { Link } from "../../../../src/broker/journal.ts";
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
  /** What is in the queue to be read again, by id; each reading is a step, `reread a`. */
  readonly stored: Map<string, Uint8Array>;
  /** While it is on, the lane may begin nothing. */
  readonly pause: { on: boolean };
}

/** A lane whose processes do nothing but tell what they are asked, and wait where a test holds them. */
export function scriptedLane(concurrency: number = 1): ScriptedLane {
  const steps: string[] = [];
  const gates = new Map<string, Gate>();
  const states = new Map<string, FinalState>();
  const vanished = new Set<string>();
  const stored = new Map<string, Uint8Array>();
  const step = async (name: string): Promise<void> => {
    steps.push(name);
    await gates.get(name)?.promise;
  };
  const pause: ScriptedLane["pause"] = { on: false };
  const processOf = (held: Held): MessageProcess => {
    const { id } = held.address;
    const final = { id, state: states.get(id) ?? "succeeded" };
    const link = { sequence: 1, ack: final };
    const process = {
      held,
      open: () => step(`open ${id}`),
      run: () => step(`run ${id}`).then(() => ({ kind: "ended", final, after: 0 })),
      close: () => step(`close ${id}`).then(() => link),
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
    payloadOf: async ({ address: { id } }) => {
      if (!stored.has(id)) return undefined;
      await step(`reread ${id}`);
      return stored.get(id);
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
    stored,
    pause,
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

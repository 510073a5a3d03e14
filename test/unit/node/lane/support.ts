import { Lane } from "../../../../src/node/lane.ts";
import type { Held } from "../../../../src/node/held.ts";
import type { MessageProcess } from "../../../../src/node/message-process.ts";
import type { Ack, FinalState } from "../../../../src/protocol/ack.ts";
import { gate, heldOf, messageWith, type Gate } from "../support.ts";

export interface ScriptedLane {
  readonly lane: Lane;
  /** What was done, in order: `open a`, `run a`, `close a`, `settle a` …, `broken`, `idle`. */
  readonly steps: string[];
  /** Messages as they were given to `push`. */
  readonly push: (...ids: string[]) => Held[];
  /** Holds the lane up at a step, such as `run a`, until the gate is opened. */
  readonly hold: (step: string) => Gate;
  /** How a message ends; unless told it succeeds. */
  readonly ends: (id: string, state: FinalState) => void;
  /** Messages that are not in the queue any more. */
  readonly vanished: Set<string>;
}

/** A lane whose processes do nothing but tell what they are asked, and wait where a test holds them. */
export function scriptedLane(concurrency: number = 1): ScriptedLane {
  const steps: string[] = [];
  const gates = new Map<string, Gate>();
  const states = new Map<string, FinalState>();
  const vanished = new Set<string>();
  const step = async (name: string): Promise<void> => {
    steps.push(name);
    await gates.get(name)?.promise;
  };
  const processOf = (held: Held): MessageProcess => {
    const { id } = held.address;
    const final = { id, state: states.get(id) ?? "succeeded" };
    const process = {
      held,
      open: () => step(`open ${id}`),
      run: () => step(`run ${id}`).then(() => ({ final })),
      close: () => step(`close ${id}`).then(() => final),
    };
    return process as unknown as MessageProcess;
  };
  const lane = new Lane("command.ping", concurrency, {
    processOf: (held) => (vanished.has(held.address.id) ? Promise.resolve(undefined) : processOf(held)),
    settle: (_held, { id }: Ack) => step(`settle ${id}`),
    broken: () => steps.push("broken"),
    idle: () => steps.push("idle"),
  });
  return {
    lane,
    steps,
    vanished,
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

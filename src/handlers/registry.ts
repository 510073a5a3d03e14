import { type Address, laneOf } from "../protocol/subjects.ts";
import type { Handler } from "./define.ts";

/** The handlers of a node, by message type and subject. */
export class Registry {
  readonly #handlers = new Map<string, Handler>();

  constructor(handlers: readonly Handler[]) {
    for (const handler of handlers) this.add(handler);
  }

  add(handler: Handler): void {
    this.#handlers.set(laneOf(handler), handler);
  }

  /** The handler of a subject. For `textLogging`, the handler of `log`. */
  find(address: Pick<Address, "messageType" | "subject">): Handler | undefined {
    return this.#handlers.get(laneOf(address));
  }

  /** True if the lane with this name has a handler. */
  has(lane: string): boolean {
    return this.#handlers.has(lane);
  }

  /** The names of the lanes with a handler, such as `command.exec`, in alphabetical order. */
  names(): string[] {
    return [...this.#handlers.keys()].toSorted();
  }
}

import { canonicalSubject } from "../protocol/draft.ts";
import { laneName, type MessageType } from "../protocol/subjects.ts";
import type { Handler } from "./define.ts";

/** The handlers of a node, found by message type and subject. */
export class Registry {
  readonly #handlers = new Map<string, Handler>();

  constructor(handlers: readonly Handler[]) {
    for (const handler of handlers) this.add(handler);
  }

  add(handler: Handler): void {
    this.#handlers.set(laneName(handler), handler);
  }

  /** The handler of a subject; `textLogging` finds that of `log`. */
  find(address: { readonly messageType: MessageType; readonly subject: string }): Handler | undefined {
    const { messageType, subject } = address;
    return this.#handlers.get(laneName({ messageType, subject: canonicalSubject(subject) }));
  }

  /** What is served, as `command.exec`, in alphabetical order. */
  names(): string[] {
    return [...this.#handlers.keys()].toSorted();
  }
}

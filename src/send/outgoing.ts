import { userInfo } from "node:os";
import type { Draft } from "../protocol/draft.ts";
import type { Message } from "../protocol/message.ts";
import { toToken } from "../protocol/subjects.ts";

/** What the sender adds to a draft. */
export interface Sender {
  readonly from: string;
  readonly id: string;
}

/** The messages of a draft, one for each node (a node named twice gets one), all with the same id. */
export function toMessages({ nodes, ...draft }: Draft, { from, id }: Sender): Message[] {
  const createdAt = new Date().toISOString();
  return [...new Set(nodes)].map((node) => ({
    ...draft,
    id: draft.id ?? id,
    from: draft.from ?? from,
    node,
    createdAt,
  }));
}

/** The sender when neither a message nor a setting names one: the user of the operating system. */
export function defaultSender(): string {
  try {
    return toToken(userInfo().username);
  } catch {
    return `uid-${process.getuid?.() ?? 0}`; // In a container the user may have no name.
  }
}

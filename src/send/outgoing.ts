import { userInfo } from "node:os";
import type { Draft } from "../protocol/draft.ts";
import type { Message } from "../protocol/message.ts";
import { toToken } from "../protocol/subjects.ts";

/** The fields that the sender adds to a draft. */
export interface Sender {
  readonly from: string;
  readonly id: string;
}

/**
 * The messages of a draft: one message for each node, all with the same id. A node that is given twice gets one
 * message.
 */
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

/** The default sender: the user of the operating system. */
export function defaultSender(): string {
  try {
    return toToken(userInfo().username);
  } catch {
    return `uid-${process.getuid?.() ?? 0}`; // In a container the user may not have a name.
  }
}

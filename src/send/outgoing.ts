import type { Draft } from "../protocol/draft.ts";
import type { Message } from "../protocol/message.ts";

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

import type { Draft } from "../protocol/draft.ts";
import { StewardError } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import { nodeNameFault } from "../protocol/subjects.ts";

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

/** Reads `ship1` or `ship1,ship2`. @throws StewardError badName */
export function parseTargets(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) {
    const fault = nodeNameFault(name);
    if (fault !== undefined) throw new StewardError("badName", fault);
  }
  return names;
}

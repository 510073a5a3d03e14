import type { Readable } from "node:stream";
import type { Broker } from "../broker/connect.ts";
import { Queue } from "../broker/enqueue.ts";
import { toMessages, type Sender } from "./outgoing.ts";
import { lineBlocks } from "./blocks.ts";
import { outcomesWithin } from "./send.ts";
import { Waiter, type Outcome } from "./waiter.ts";

export interface LinesOptions {
  readonly nodes: readonly string[];
  /** How long to wait for the outcome once all is stored, in milliseconds. */
  readonly waitMs: number;
  /** Ends the reading and the waiting; what is stored stays. */
  readonly signal: AbortSignal;
}

/**
 * Sends the lines of a text as `log` events, in blocks, each stored before the next goes out: so they arrive in their
 * order, however often the broker goes away in between. The id of a block is the sender's with its number.
 */
export async function sendLines(
  broker: Broker,
  input: Readable,
  { from, id }: Sender,
  { nodes, waitMs, signal }: LinesOptions,
): Promise<Outcome[]> {
  const queue = new Queue(broker);
  const waiter = new Waiter(broker);
  try {
    await queue.prepare(nodes, signal);
    let number = 0;
    for await (const block of lineBlocks(input)) {
      const draft = { nodes, messageType: "event", subject: "log", data: [block] } as const;
      const messages = toMessages(draft, { from, id: `${id}-${number++}` });
      if (waitMs > 0) waiter.expect(messages);
      await queue.put(messages, signal);
    }
    return await outcomesWithin(broker, waiter, waitMs, signal);
  } finally {
    waiter.stop();
  }
}

import type { Broker } from "../broker/connection/broker.ts";
import { getPage } from "../broker/read/page.ts";
import { messageFilter, messageSubject } from "../protocol/subjects.ts";
import type { Held } from "./held.ts";

/**
 * The payloads of held messages of one type and subject, read again from the queue in one request; for as many of them
 * from the first on as a page holds. What is not in the queue any more, or not on the replica that answers, is left out.
 */
export async function payloadsOf(broker: Broker, held: readonly Held[]): Promise<ReadonlyMap<Held, Uint8Array>> {
  const [first] = held;
  if (first === undefined) return new Map();
  const { node, messageType, subject } = first.came;
  const filter = messageFilter(broker.namespace, { node, messageType, subject });
  const page = { filter, from: first.sequence, most: held.length };
  const { messages } = await getPage(broker, broker.names.messages, page);
  const stored = new Map(messages.map((message) => [message.sequence, message]));
  return new Map(
    held.flatMap((each) => {
      const found = stored.get(each.sequence);
      // A stream that was made anew has other messages at the same sequences.
      return found?.subject === messageSubject(broker.namespace, each.came) ? [[each, found.data] as const] : [];
    }),
  );
}

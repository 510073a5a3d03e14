import type { Broker } from "../broker/connection/broker.ts";
import type { Message } from "../protocol/message.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import { store, type StoreOptions } from "./store.ts";
import { Waiting, type WaitOptions } from "./waiting.ts";

export interface SendOptions extends StoreOptions, WaitOptions {
  /** How long to wait for the final ACKs after all messages are stored, in milliseconds. Undefined: no wait. */
  readonly waitMs?: number | undefined;
  /** Called when all messages are stored. The parameter contains the messages that were not stored before. */
  readonly onStored?: ((stored: readonly Message[]) => void) | undefined;
}

/**
 * Sends messages and waits for their outcomes. `send` listens for the ACKs before it stores the messages, so that it
 * misses no ACK.
 * @throws StewardError as `store` does
 */
export async function send(broker: Broker, messages: readonly Message[], options: SendOptions): Promise<Outcome[]> {
  const { waitMs, onStored } = options;
  if (waitMs === undefined) {
    const stored = await store(broker, messages, options);
    onStored?.(stored);
    return messages.map((address) => outcomeOf(address, undefined));
  }
  using waiting = new Waiting(broker, messages, options);
  const stored = await store(broker, messages, options, () => waiting.listen());
  onStored?.(stored);
  return await waiting.settled(waitMs);
}

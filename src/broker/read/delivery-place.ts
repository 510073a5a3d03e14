/** The position of a delivered message in the stream and among the consumer's deliveries. */
export interface DeliveryPlace {
  readonly sequence: number;
  /** The number of the delivery among the consumer's deliveries. */
  readonly delivery: number;
  readonly storedAt: number;
  /** The number of messages that the consumer still has to deliver. */
  readonly pending: number;
}

/**
 * Reads `$JS.ACK.[domain.account.]stream.consumer.count.sequence.delivery.time.pending`. Undefined for a status
 * message, because a status message has no such subject.
 */
export function deliveryPlace(reply: string | undefined): DeliveryPlace | undefined {
  if (reply?.startsWith("$JS.ACK.") !== true) return undefined;
  const tokens = reply.split(".");
  const at = tokens.length > 9 ? 7 : 5;
  const [sequence = 0, delivery = 0, nanoseconds = 0, pending = 0] = tokens.slice(at, at + 4).map(Number);
  return { sequence, delivery, storedAt: nanoseconds / 1e6, pending };
}

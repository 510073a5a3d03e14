import type { ApiError } from "@nats-io/jetstream";
import { askApi, refusedBy } from "../connection/api.ts";
import type { Broker } from "../connection/broker.ts";
import { serverCodes } from "../connection/server-codes.ts";

/**
 * Removes one message from the queue. A message that is not there any more counts as removed. Repeats until the broker
 * answers.
 * @throws StewardError streamsMissing, brokerRefused; or the reason of `signal`
 */
export async function removeQueued(broker: Broker, sequence: number, signal?: AbortSignal): Promise<void> {
  await broker.untilAnswered(() => removeOnce(broker, sequence), signal);
}

/** Like `removeQueued`, but asks only once. Rejects with silence (see `isSilence`) if no answer comes. */
export async function removeOnce(broker: Broker, sequence: number): Promise<void> {
  const stream = broker.names.messages;
  // Without `no_erase`, the server overwrites the message on the disk first.
  const body = JSON.stringify({ seq: sequence, no_erase: true });
  const { error } = await askApi<{ error?: ApiError }>(broker, `$JS.API.STREAM.MSG.DELETE.${stream}`, body);
  if (error === undefined || saysGone(error)) return;
  throw refusedBy(stream, error, `the broker does not remove a message from ${stream}`);
}

/**
 * True if the queue does not hold the message. The server has a special code only if the sequence is between those of
 * other messages. If it is lower or higher than all others, the server answers with its general code, and only the text
 * shows the reason.
 */
function saysGone({ err_code, description }: ApiError): boolean {
  if (err_code === serverCodes.sequenceNotFound) return true;
  return err_code === serverCodes.deleteFailed && /^(no message found|stream store EOF)$/.test(description);
}

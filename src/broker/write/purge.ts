import { StewardError } from "../../protocol/errors.ts";
import { askApi, type ApiError } from "../connection/api.ts";
import type { Broker } from "../connection/broker.ts";

/** Removes all messages on a subject from the queue. @throws StewardError brokerRefused */
export async function purgeQueued(broker: Broker, subject: string): Promise<void> {
  await purgeSubject(broker, broker.names.messages, subject);
}

/** Removes all messages on a subject from a stream, or those before a sequence. @throws StewardError brokerRefused */
export async function purgeSubject(broker: Broker, stream: string, subject: string, before?: number): Promise<void> {
  const api = `$JS.API.STREAM.PURGE.${stream}`;
  const body = JSON.stringify({ filter: subject, seq: before });
  const { error } = await askApi<{ readonly error?: ApiError }>(broker, api, body);
  if (error === undefined) return;
  throw new StewardError("brokerRefused", `the broker does not remove ${subject} from ${stream}: ${error.description}`);
}

import type { ApiError } from "@nats-io/jetstream";
import { StewardError } from "../../protocol/errors.ts";
import { SilenceError, type Broker } from "./broker.ts";
import { serverCodes, streamsMissing } from "./server-codes.ts";

/**
 * Sends a request to the JetStream API. A cluster without a leader cannot answer questions about streams. That
 * cluster's error answer counts as silence (see `isSilence`).
 */
export async function askApi<Answer extends { readonly error?: ApiError }>(
  broker: Broker,
  subject: string,
  body: string,
  timeout: number = 5000,
): Promise<Answer> {
  const answer: Answer = (await broker.request(subject, body, { timeout })).json();
  if (answer.error?.err_code === serverCodes.noLeader) throw new SilenceError(answer.error.description);
  return answer;
}

/**
 * The error after the broker refused a request about a stream. The error is either "the stream is missing", or `failed`
 * with the broker's reason.
 */
export function refusedBy(stream: string, error: ApiError, failed: string): StewardError {
  if (error.err_code === serverCodes.streamNotFound) return streamsMissing(stream);
  return new StewardError("brokerRefused", `${failed}: ${error.description}`);
}

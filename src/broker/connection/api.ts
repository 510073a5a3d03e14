import type { ApiError } from "@nats-io/jetstream";
import { StewardError } from "../../protocol/errors.ts";
import { SilenceError, type Broker } from "./broker.ts";
import { serverCodes, streamsMissing } from "./server-codes.ts";

/**
 * Sends a request to the JetStream API. The answer "no leader" of a cluster counts as silence (see `isSilence`),
 * because the cluster cannot answer then.
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
 * The error to throw after the broker refused a request about a stream: `streamsMissing` if there is no such stream,
 * otherwise `brokerRefused` with the text `failed` and the broker's reason.
 */
export function refusedBy(stream: string, error: ApiError, failed: string): StewardError {
  if (error.err_code === serverCodes.streamNotFound) return streamsMissing(stream);
  return new StewardError("brokerRefused", `${failed}: ${error.description}`);
}

import { StewardError } from "../../protocol/errors.ts";
import { SilenceError, type Broker } from "./broker.ts";
import { serverCodes, streamsMissing } from "./server-codes.ts";

export interface ApiError {
  readonly err_code: number;
  readonly description: string;
}

/**
 * Asks the JetStream API. A cluster that says that it has no leader knows nothing of what was asked for: that is silence
 * too (see `isSilence`).
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

/** Why the broker did not do something with a stream: it is not there, or what `failed` says, and the broker's reason. */
export function refusedBy(stream: string, error: ApiError, failed: string): StewardError {
  if (error.err_code === serverCodes.streamNotFound) return streamsMissing(stream);
  return new StewardError("brokerRefused", `${failed}: ${error.description}`);
}

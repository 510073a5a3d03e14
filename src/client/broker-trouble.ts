import { isSilence } from "../broker/connection/broker.ts";
import { isDenied } from "../broker/connection/denied.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";

/** The names of the errors by which the broker or the NATS client library refuses a request. */
const refusals = /^(?:JetStream\w*|Authorization|UserAuthenticationExpired)(?:Error)?$/;

/**
 * Converts an error of the broker into a `StewardError`, which has a code. An error of the broker is not a bug of
 * Steward. Returns any other error unchanged.
 */
export function brokerTrouble(error: unknown): unknown {
  if (error instanceof StewardError || !(error instanceof Error)) return error;
  const options = { cause: error };
  if (isDenied(error)) {
    const wayOut = "`steward doctor` shows which rights are missing";
    return new StewardError("brokerRefused", `not authorised: ${messageOf(error)}; ${wayOut}`, options);
  }
  if (isSilence(error) || error.name === "ClosedConnectionError") {
    const text = `the broker does not answer: ${messageOf(error)}; check that it is running`;
    return new StewardError("brokerUnreachable", text, options);
  }
  if (!refusals.test(error.name)) return error;
  return new StewardError("brokerRefused", `the broker refused a request: ${messageOf(error)}`, options);
}

import { isSilence } from "../broker/connection/broker.ts";
import { isDenied } from "../broker/connection/denied.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";

/** The names of errors in which the broker, or its client library, says no. */
const refusals = /^(?:JetStream\w*|Authorization|UserAuthenticationExpired)(?:Error)?$/;

/** Trouble with the broker as an error with a code, since it is no bug. Anything else comes back as it is. */
export function brokerTrouble(error: unknown): unknown {
  if (error instanceof StewardError || !(error instanceof Error)) return error;
  const options = { cause: error };
  if (isDenied(error)) {
    const wayOut = "`steward doctor` shows which rights are missing";
    return new StewardError("brokerRefused", `not authorised: ${messageOf(error)}; ${wayOut}`, options);
  }
  if (isSilence(error) || error.name === "ClosedConnectionError") {
    const text = `the broker does not answer: ${messageOf(error)}; see that it is up`;
    return new StewardError("brokerUnreachable", text, options);
  }
  if (!refusals.test(error.name)) return error;
  return new StewardError("brokerRefused", `the broker refused a request: ${messageOf(error)}`, options);
}

import { isSilence } from "../broker/connection/broker.ts";
import { isDenied } from "../broker/connection/denied.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { nameOption } from "./name-option.ts";

/** The names of errors in which the broker, or its client library, says no. */
const refusals = /^(?:JetStream\w*|Authorization|UserAuthenticationExpired)(?:Error)?$/;

/**
 * What was thrown, for a person at a command line: options by their names, and trouble with the broker as such, wherever
 * in a command it shows, since it is no bug. Anything else comes back as it is.
 */
export function explained(error: unknown): unknown {
  if (error instanceof StewardError) return nameOption(error);
  if (!(error instanceof Error)) return error;
  if (isDenied(error)) {
    const wayOut = "`steward doctor` shows which rights are missing";
    return new StewardError("brokerRefused", `the credentials do not permit it: ${messageOf(error)}; ${wayOut}`);
  }
  if (isSilence(error) || error.name === "ClosedConnectionError") {
    return new StewardError("brokerUnreachable", `the broker does not answer: ${messageOf(error)}; see that it is up`);
  }
  if (!refusals.test(error.name)) return error;
  return new StewardError("brokerRefused", `the broker refused a request: ${messageOf(error)}`);
}

import { brokerTrouble } from "../client/broker-trouble.ts";
import { StewardError } from "../protocol/errors.ts";
import { nameOption } from "./name-option.ts";

/**
 * Prepares a thrown error for the command line. Adds a code if the broker caused the error, and adds the names of
 * options.
 */
export function explained(thrown: unknown): unknown {
  const error = brokerTrouble(thrown);
  return error instanceof StewardError ? nameOption(error) : error;
}

import { brokerTrouble } from "../client/broker-trouble.ts";
import { StewardError } from "../protocol/errors.ts";
import { nameOption } from "./name-option.ts";

/** What was thrown, for a person at a command line: trouble with the broker as such, and options by their names. */
export function explained(thrown: unknown): unknown {
  const error = brokerTrouble(thrown);
  return error instanceof StewardError ? nameOption(error) : error;
}

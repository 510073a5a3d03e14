import type { ErrorCode } from "../protocol/errors.ts";

/** The exit codes of the CLI; a contract, see README. */
export const exitCodes = {
  succeeded: 0,
  failed: 1,
  usage: 2,
  pending: 3,
  broker: 4,
  noMatch: 5,
  interrupted: 130,
} as const;

const usage: readonly ErrorCode[] = [
  "usage",
  "badSettings",
  "badMessage",
  "badName",
  "tooLarge",
  "notJson",
  "fileUnreadable",
];
const broker: readonly ErrorCode[] = [
  "brokerUnreachable",
  "brokerRefused",
  "brokerTooOld",
  "jetStreamOff",
  "streamsMissing",
  "notStored",
  "serverNotFound",
  "serverTooOld",
  "serverFailed",
  "portTaken",
  "storeLocked",
  "diskFull",
];
const noMatch: readonly ErrorCode[] = ["neverSeen", "noMatch", "notFound"];

/** The exit code of a command that ended with this error. */
export function exitCodeOf(code: ErrorCode): number {
  if (usage.includes(code)) return exitCodes.usage;
  if (broker.includes(code)) return exitCodes.broker;
  if (code === "stopped") return exitCodes.interrupted;
  return noMatch.includes(code) ? exitCodes.noMatch : exitCodes.failed;
}

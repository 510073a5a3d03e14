import type { ErrorCode } from "../protocol/errors.ts";

/** The exit codes of the CLI; a contract, see README. */
export const exitCodes = {
  succeeded: 0,
  failed: 1,
  usage: 2,
  pending: 3,
  broker: 4,
  noMatch: 5,
  incomplete: 6,
  interrupted: 130,
} as const;

/** What each says; the README has the same words. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  succeeded: "all succeeded; with `--no-wait`: all stored, and the id is printed",
  failed:
    "a message failed, was rejected, interrupted, cancelled or has expired; of `steward cancel`: it had ended otherwise",
  usage: "the command line, a setting or a message is wrong; nothing was sent",
  pending: "something is still queued or running, and the id is printed",
  broker: "the broker could not be reached, or did not store it",
  noMatch:
    "no node is meant; no such node, with `--known-only` and of `steward lanes`; of commands that take an id: no such id",
  incomplete:
    "all succeeded, or could be read, but what was printed is not whole: an output kept only in part, or a lost stdout",
  interrupted: "interrupted with Ctrl-C; what is queued stays queued",
};

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

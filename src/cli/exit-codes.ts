import type { ErrorCode } from "../protocol/errors.ts";

/** The exit codes of the CLI. They are a contract, see docs/cli.md. */
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

/** The meaning of each exit code, in the words of docs/cli.md. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  succeeded: "all succeeded; with `--no-wait`: all are stored, and the id is printed",
  failed:
    "a message failed, was rejected, interrupted or cancelled, or has expired; of `steward cancel`: it had already ended in another way",
  usage: "the command line, a setting or a message is invalid; nothing was sent",
  pending: "a message is still queued or running, and the id is printed",
  broker: "the broker could not be reached, or did not store the message",
  noMatch: "no node matches, the node is unknown (`--known-only`, `steward lanes`), or no message has this id",
  incomplete:
    "all succeeded or could be read, but the printed output is not complete: an ACK has only a part of it, or stdout was lost",
  interrupted: "interrupted with Ctrl-C; queued messages stay queued",
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
  "unconfirmed",
  "serverNotFound",
  "serverTooOld",
  "serverFailed",
  "portTaken",
  "storeLocked",
  "diskFull",
];
const noMatch: readonly ErrorCode[] = ["neverSeen", "noMatch", "notFound"];

/** The exit code of a command that ended with an error of this code. */
export function exitCodeOf(code: ErrorCode): number {
  if (usage.includes(code)) return exitCodes.usage;
  if (broker.includes(code)) return exitCodes.broker;
  if (code === "stopped") return exitCodes.interrupted;
  return noMatch.includes(code) ? exitCodes.noMatch : exitCodes.failed;
}

import { joinedLines } from "../util/lines.ts";

/**
 * The codes of all errors, in messages and in ACKs. `docs/errors.md` repeats each meaning and adds advice. A test
 * compares this table with `docs/errors.md`.
 */
export const errorMeanings = {
  usage: "unknown command, unknown option, or another mistake on the command line",
  badSettings: "a setting has an invalid value",
  brokerUnreachable: "no broker answers at this address",
  brokerRefused: "not authorised, or the broker refused a request",
  brokerTooOld: "the broker is older than the minimum version",
  jetStreamOff: "the broker runs without JetStream",
  streamsMissing: "the streams of this namespace do not exist",
  oldDaemons: "nodes have a daemon of an older version, which the new queue does not suit",
  notStored: "the broker did not store the message",
  unconfirmed: "the broker did not confirm that it stored the message: it may be stored or not",
  stopped: "interrupted before the broker confirmed that it stored the message",
  serverNotFound: "nats-server not found, and it could not be fetched",
  serverTooOld: "the nats-server found is older than the minimum version",
  serverFailed: "nats-server ended or did not start",
  portTaken: "the port is already in use",
  storeLocked: "already running: another broker uses this store folder",
  diskFull: "the disk of the store is full",
  notJson: "the text is not valid JSON or YAML, or is ambiguous",
  badMessage: "unknown key, missing key, or wrong value in a message",
  badName: "a name contains characters that are not allowed, or is too long",
  tooLarge: "too large: the message is larger than the limit",
  notUnderstood: "the message requires a feature that this version does not know",
  wrongSubject: "the message does not match the subject on which it arrived",
  forgedHeaders: "the message has headers that only the server may set",
  noHandler: "the node has no handler for this subject",
  badData: "the handler does not accept this data",
  notAccepted: "not allowed by the node's configuration",
  spawnFailed: "the program could not be started",
  exitCode: "the command ended with an exit code other than 0",
  killedBySignal: "the command was killed by a signal",
  notEnded: "the program could not be killed and may still run",
  timedOut: "timed out: the run took longer than its timeout",
  handlerFailed: "the handler threw an error",
  handlerCrashed: "the process of the handler ended before the run was complete",
  expired: "the message expired before it started",
  interrupted: "the daemon ended during the run",
  endedDaemon: "the daemon ended several times during runs of this message",
  cutOff: "the daemon was stopped during the run",
  shutDown: "the error policy stopped the daemon",
  cancelled: "an operator cancelled the message",
  tooOldToProve: "the log no longer reaches back to the time when the message was stored",
  neverSeen: "unknown node: no daemon with this name was ever seen",
  nodeUp: "the node is up",
  nodeDown: "node down: no daemon of the node is connected to the broker",
  nodeSilent: "not responding: the node's daemon is connected but does not answer",
  refused: "the node's daemon refused the request",
  nodeTaken: "already running: another daemon has this node name",
  replaced: "another daemon took over this node",
  leaseLost: "another daemon took over the node's lease",
  noMatch: "no matching node",
  notFound: "not found: no message with this id is in the queue or in the log",
  notAllOk: "the message did not succeed on all of its nodes, or has not ended on all of them",
  closed: "the client is closed",
  noRoom: "the system is out of files, processes, memory or disk space",
  fileUnreadable: "a file or folder cannot be read or written",
} as const;

export type ErrorCode = keyof typeof errorMeanings;

/**
 * The input that is wrong. The library and the command line write its name differently (`at`, `--at`), so they put the
 * name before the text of the error.
 */
export type About =
  | "at"
  | "every"
  | "cron"
  | "timeZone"
  | "label"
  | "only"
  | "limit"
  | "handlers"
  | "server"
  | "credentials"
  | "replicas"
  | "port"
  | "storeFolder"
  | "natsServer"
  | "oldDaemons";

export interface StewardErrorOptions extends ErrorOptions {
  readonly id?: string | undefined;
  readonly about?: About | undefined;
}

/**
 * Marks the errors of this class. `Symbol.for` returns the same symbol in every copy of this file that a program loads.
 */
const brand = Symbol.for("steward-nats.StewardError");

/** An error with a code and one line of text: the fault, its place, and advice. The error is shown without a stack. */
export class StewardError extends Error {
  readonly code: ErrorCode;
  /**
   * The message's id, if the error is about a message. A message that is sent again with this id does not run twice.
   */
  declare readonly id?: string;
  declare readonly about?: About;

  constructor(code: ErrorCode, message: string, { id, about, ...options }: StewardErrorOptions = {}) {
    super(message, options);
    this.name = "StewardError";
    this.code = code;
    if (id !== undefined) Object.defineProperty(this, "id", { value: id, enumerable: true });
    if (about !== undefined) Object.defineProperty(this, "about", { value: about });
  }

  /**
   * True for an error of Steward. If `code` is given, the error must have this code. Errors of other copies of the
   * package are recognised too.
   */
  static is(error: unknown, code?: ErrorCode): error is StewardError {
    if (typeof error !== "object" || error === null || !(brand in error)) return false;
    return code === undefined || ("code" in error && error.code === code);
  }
}

Object.defineProperty(StewardError.prototype, brand, { value: true });

/** The text of any thrown value, on one line. */
export function messageOf(error: unknown): string {
  return joinedLines(textOf(error));
}

/** `String()` may throw too, because any value can be thrown. */
function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message || error.name : error);
  } catch {
    return "a value without a text was thrown";
  }
}

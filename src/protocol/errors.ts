import { joinedLines } from "../util/joined-lines.ts";

/**
 * Every error that a person or an ACK can meet has a code from this table. `docs/errors.md` explains each of them;
 * a test compares the two.
 */
export const errorMeanings = {
  usage: "the command line is not understood",
  badSettings: "a setting has a value that cannot be used",
  brokerUnreachable: "no broker answered at the given address",
  brokerRefused: "the broker refused the credentials or a request",
  brokerTooOld: "the broker is older than the minimum version",
  jetStreamOff: "the broker runs without JetStream",
  streamsMissing: "the streams have not been created in this namespace",
  notStored: "the broker did not confirm that a message was stored",
  stopped: "the user ended it before the broker had confirmed that a message was stored",
  serverNotFound: "no usable nats-server was found or could be fetched",
  serverTooOld: "the nats-server found is older than the minimum version",
  serverFailed: "nats-server ended or could not start",
  portTaken: "another program listens on the port",
  storeLocked: "another broker uses the store folder",
  diskFull: "no space is left for the store",
  notJson: "the text is neither JSON nor YAML, or says two things",
  badMessage: "a message does not fit the schema",
  badName: "a name is not a valid subject token",
  tooLarge: "a message is larger than what may be sent",
  notUnderstood: "a message requires what this version does not understand",
  wrongSubject: "a message does not agree with the subject it came on",
  forgedHeaders: "a message carries headers that only the server sets",
  noHandler: "the node serves no such subject",
  badData: "the data does not fit the handler",
  notAccepted: "the node's configuration does not accept the message",
  spawnFailed: "the program could not be started",
  exitCode: "the command ended with an exit code other than 0",
  killedBySignal: "the command was ended by a signal",
  notEnded: "the program could not be ended and may still run",
  timedOut: "the message ran longer than its timeout",
  handlerFailed: "the handler threw an error",
  handlerCrashed: "the process of a user's handler ended before the run did",
  expired: "the message expired before it was run",
  interrupted: "the daemon ended while the message ran, and it may run at most once",
  endedDaemon: "the daemon ended again and again while the message ran",
  cutOff: "the daemon was stopped while the message ran",
  shutDown: "the error kernel stopped the daemon",
  cancelled: "an operator took the message back",
  tooOldToProve: "the journal no longer reaches back to when the message was stored",
  neverSeen: "no node of this name has ever been seen",
  nodeUp: "the node is up, so it cannot be forgotten",
  nodeDown: "no daemon of the node is connected to the broker",
  nodeSilent: "the node's daemon is connected to the broker and does not answer",
  refused: "the node's daemon does not do what it was asked",
  nodeTaken: "another daemon runs this node",
  replaced: "another daemon has taken this node over",
  leaseLost: "the node's lease went to another daemon",
  noMatch: "no node is meant by the targets",
  notFound: "nothing with this id is in the queue or in the log",
  noRoom: "the system lacks what it takes at the moment: files, processes, memory or disk",
  fileUnreadable: "a file or folder cannot be read or written",
} as const;

export type ErrorCode = keyof typeof errorMeanings;

/** An error with a code and one clear line: what is wrong, where, what to do. Shown without a stack. */
export class StewardError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StewardError";
    this.code = code;
  }
}

/** The text of anything that was thrown, on one line. */
export function messageOf(error: unknown): string {
  return joinedLines(textOf(error));
}

/** Even what was thrown may throw when it is asked. */
function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message || error.name : error);
  } catch {
    return "something was thrown that has no text";
  }
}

import type { ErrorCode } from "../protocol/errors.ts";
import type { Output, OutputStream } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import type { MessageType } from "../protocol/subjects.ts";

/** The result of a run, which goes into the ACK unchanged. */
export interface RunResult {
  readonly output?: Output;
  readonly exitCode?: number;
  readonly signal?: string;
}

/** What a handler needs for its work. */
export interface RunContext<Data = readonly string[]> {
  readonly message: Message;
  /** The message's data as the handler's schema returned it. */
  readonly data: Data;
  /** Aborted at the timeout, at a cancel, and when the daemon must end. */
  readonly signal: AbortSignal;
  /** The environment for child processes: the daemon's without its secrets, with the marks of this run. */
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which the node may keep files. */
  readonly dataDir: string;
  /** Receives the output during the run, for readers who follow it; the result must hold it too. */
  readonly output?: LiveWriter;
}

/**
 * Receives a run's output at once. A write never waits: output that cannot be sent is kept for a while, and then
 * dropped.
 */
export interface LiveWriter {
  /** The writer may keep the bytes. */
  write(stream: OutputStream, bytes: Buffer): void;
}

/** A failed run that has a result too, such as the output of a command that ended with exit code 1. */
export class RunError extends Error {
  readonly code: ErrorCode;
  readonly result: RunResult;

  constructor(code: ErrorCode, message: string, result: RunResult = {}) {
    super(message);
    this.name = "RunError";
    this.code = code;
    this.result = result;
  }
}

/** A failure that another try cannot fix: the message's retries are not used. */
export class TerminalError extends RunError {}

/** A failure that may not occur at a later try: an event waits and runs again. */
export class NotNowError extends RunError {}

/**
 * A schema in the form of Standard Schema (https://standardschema.dev): those of valibot, zod, ArkType and others are
 * accepted.
 */
export interface DataSchema<Data> {
  readonly "~standard": {
    readonly validate: (value: unknown) => SchemaResult<Data> | Promise<SchemaResult<Data>>;
  };
}

type SchemaResult<Data> =
  | { readonly value: Data; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** The handler of one subject: a function, and what the daemon must know to call it. */
export interface Handler<Data = readonly string[]> {
  readonly messageType: MessageType;
  readonly subject: string;
  readonly describe: string;
  /** Checks the message's data before the handler runs; a fault rejects the message with `badData`. */
  readonly data: DataSchema<Data>;
  /** How long one run may last, in milliseconds, unless the message sets a timeout; default: the node's. */
  readonly timeout?: number;
  /** How many messages may run at once; default 1, which keeps them in order. */
  readonly concurrency?: number;
  /**
   * True for a handler of events if it does no harm to handle an event twice. Its lane is faster: it does not check
   * before a run whether the event was handled already, and does not wait until its end is recorded. After a crash or a
   * reconnect to the broker, the last few hundred events may be handled again, in order.
   */
  readonly repeatable?: boolean;
  /** Its data may be bytes, in base64. Other handlers would take base64 for the text, so they reject it. */
  readonly takesBytes?: boolean;
  /** Megabytes of memory for a user's handler in the process of its lane; default 256. */
  readonly memoryMb?: number;
  /**
   * Does the work. A thrown error fails the run: `TerminalError` permanently; after any other error it may be retried.
   */
  readonly run: (context: RunContext<Data>) => Promise<RunResult>;
  /** Clears the state that it keeps between messages; called when its lane is started again. */
  readonly reset?: () => void;
}

/** A message's data as its handler's schema returns it. @throws RunError badData, and any error of the schema */
export async function validated(handler: Handler, data: unknown): Promise<readonly string[]> {
  const result = await handler.data["~standard"].validate(data);
  if (result.issues === undefined) return result.value;
  throw new RunError("badData", result.issues[0]?.message ?? "the data does not fit");
}

/** A handler as its author writes it. */
export interface HandlerDefinition<Data> extends Omit<Handler<Data>, "data" | "run"> {
  /** As in `Handler`; without it, any list of strings is accepted. */
  readonly data?: DataSchema<Data>;
  /** As in `Handler`; a returned string counts as the output of a program. */
  readonly run: (context: RunContext<Data>) => Returned | Promise<Returned>;
}

type Returned = RunResult | string | void;

/** Declares a handler; the schema decides the type of `data` in `run`. */
export function defineHandler<Data = readonly string[]>(definition: HandlerDefinition<Data>): Handler {
  const { data = anyStrings, run } = definition;
  return {
    ...definition,
    // Safe: the daemon calls `run` only with data that the handler's own schema returned.
    data: data as DataSchema<readonly string[]>,
    run: async (context) => toResult(await run(context as unknown as RunContext<Data>)),
  };
}

const anyStrings: DataSchema<unknown> = { "~standard": { validate: (value) => ({ value }) } };

function toResult(returned: Returned): RunResult {
  return typeof returned === "string" ? { output: { stdout: returned, stderr: "" } } : (returned ?? {});
}

import type { ErrorCode } from "../protocol/errors.ts";
import type { Output, OutputStream } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import type { MessageType } from "../protocol/subjects.ts";

/** The result of a run. The ACK contains the result unchanged. */
export interface RunResult {
  readonly output?: Output;
  readonly exitCode?: number;
  readonly signal?: string;
}

/** The input of a handler's run. */
export interface RunContext<Data = readonly string[]> {
  readonly message: Message;
  /** The message's data, in the form that the handler's schema returned. */
  readonly data: Data;
  /** Aborted at the timeout, at a cancel, and when the daemon or the lane ends the run. */
  readonly signal: AbortSignal;
  /** The environment for child processes: the daemon's environment without secrets, plus the marks of this run. */
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which the node may keep files. */
  readonly dataDir: string;
  /** Receives the output during the run, for readers who follow the run. The result must contain the output too. */
  readonly output?: LiveWriter;
}

/**
 * Receives a run's output during the run. A write never waits. Output that cannot be sent is kept for a while, and then
 * dropped.
 */
export interface LiveWriter {
  /** The writer may keep the bytes. */
  write(stream: OutputStream, bytes: Buffer): void;
}

/** The error of a run that failed and has a result, such as the output of a command that ended with exit code 1. */
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

/** A failure that a retry cannot fix, so the message is not retried. */
export class TerminalError extends RunError {}

/**
 * A failure of a system that has no room now. An event waits and runs again, unless it may run at most once. Other
 * messages fail.
 */
export class NotNowError extends RunError {}

/**
 * A schema in the form of Standard Schema (https://standardschema.dev). Schemas of valibot, zod, ArkType and other
 * libraries have this form.
 */
export interface DataSchema<Data> {
  readonly "~standard": {
    readonly validate: (value: unknown) => SchemaResult<Data> | Promise<SchemaResult<Data>>;
  };
}

type SchemaResult<Data> =
  | { readonly value: Data; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** The handler of one subject: its function, and the settings that the daemon needs to call this function. */
export interface Handler<Data = readonly string[]> {
  readonly messageType: MessageType;
  readonly subject: string;
  readonly describe: string;
  /**
   * Checks the message's data before the handler runs. If the data has a fault, the message is rejected with `badData`.
   */
  readonly data: DataSchema<Data>;
  /**
   * The longest time of one run, in milliseconds, unless the message or the node's rule for the lane sets a timeout.
   * Default: the timeout in the node's settings.
   */
  readonly timeout?: number;
  /** The number of messages that may run at the same time. Default 1, which keeps the messages in order. */
  readonly concurrency?: number;
  /**
   * True for a handler of events that may safely handle an event twice. Its lane is faster: the lane does not read the
   * journal before a run, and does not wait for the final ACK after a run. After a crash or a reconnect to the broker,
   * the last few hundred events may be handled again, in order.
   */
  readonly repeatable?: boolean;
  /**
   * True if the handler accepts bytes as data, in base64. Without this key, such a message is rejected, because the
   * handler would take the base64 for the text itself.
   */
  readonly takesBytes?: boolean;
  /** The memory limit in megabytes, for a user's handler in the process of its lane. Default 256. */
  readonly memoryMb?: number;
  /**
   * Does the work. A thrown error fails the run. After a `TerminalError`, the message is not retried. After any other
   * error, the message may be retried.
   */
  readonly run: (context: RunContext<Data>) => Promise<RunResult>;
  /** Clears the state that the handler keeps between messages. Called when the lane of the handler is restarted. */
  readonly reset?: () => void;
}

/**
 * Checks a message's data with the handler's schema, and returns the schema's output. @throws RunError badData, and any
 * error of the schema
 */
export async function validated(handler: Handler, data: unknown): Promise<readonly string[]> {
  const result = await handler.data["~standard"].validate(data);
  if (result.issues === undefined) return result.value;
  throw new RunError("badData", result.issues[0]?.message ?? "the data does not match the handler's schema");
}

/** A handler in the form that its author writes. */
export interface HandlerDefinition<Data> extends Omit<Handler<Data>, "data" | "run"> {
  /** As in `Handler`. Without `data`, any list of strings is accepted. */
  readonly data?: DataSchema<Data>;
  /** As in `Handler`. A returned string counts as the output of a program. */
  readonly run: (context: RunContext<Data>) => Returned | Promise<Returned>;
}

type Returned = RunResult | string | void;

/** Declares a handler. The schema decides the type of `data` in `run`. */
export function defineHandler<Data = readonly string[]>(definition: HandlerDefinition<Data>): Handler {
  const { data = anyStrings, run } = definition;
  return {
    ...definition,
    // This cast is safe, because the daemon calls `run` only with data that the handler's own schema returned.
    data: data as DataSchema<readonly string[]>,
    run: async (context) => toResult(await run(context as unknown as RunContext<Data>)),
  };
}

const anyStrings: DataSchema<unknown> = { "~standard": { validate: (value) => ({ value }) } };

function toResult(returned: Returned): RunResult {
  return typeof returned === "string" ? { output: { stdout: returned, stderr: "" } } : (returned ?? {});
}

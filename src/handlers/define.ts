import type { ErrorCode } from "../protocol/errors.ts";
import type { Output, OutputStream } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import type { MessageType } from "../protocol/subjects.ts";

/** What a run brought: goes into the ACK as it is. */
export interface RunResult {
  readonly output?: Output;
  readonly exitCode?: number;
  readonly signal?: string;
}

/** What a handler gets to do its work with. */
export interface RunContext<Data = readonly string[]> {
  readonly message: Message;
  /** The message's data as the handler's schema gave it back. */
  readonly data: Data;
  /** Aborted at the timeout, at a cancel and when the daemon must end. */
  readonly signal: AbortSignal;
  /** The environment for child processes: the daemon's without its secrets, with the marks of this run. */
  readonly env: NodeJS.ProcessEnv;
  /** The folder where the node may keep files. */
  readonly dataDir: string;
  /** Takes what the run prints while it prints it, for whoever follows; the result holds it all the same. */
  readonly output?: LiveWriter;
}

/** Where a run's output goes at once. Nothing is waited for: what nobody can take is kept for a while, and then dropped. */
export interface LiveWriter {
  /** The bytes are its own to keep. */
  write(stream: OutputStream, bytes: Buffer): void;
}

/** A failed run that brought something all the same, such as the output of a command that ended with exit code 1. */
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

/** A failure that another try cannot mend: the message's retries are not used. */
export class TerminalError extends RunError {}

/** A failure that says nothing of a later try: an event waits and is run again. */
export class NotNowError extends RunError {}

/** A schema as Standard Schema (https://standardschema.dev) describes one: valibot's, zod's, ArkType's and others fit. */
export interface DataSchema<Data> {
  readonly "~standard": {
    readonly validate: (value: unknown) => SchemaResult<Data> | Promise<SchemaResult<Data>>;
  };
}

type SchemaResult<Data> =
  | { readonly value: Data; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** What serves one subject: one function, with what the daemon must know to call it. */
export interface Handler<Data = readonly string[]> {
  readonly messageType: MessageType;
  readonly subject: string;
  readonly describe: string;
  /** Checks the message's data before anything runs; a fault rejects the message with `badData`. */
  readonly data: DataSchema<Data>;
  /** How long one run may last, in milliseconds, unless the message says; default: the node's. */
  readonly timeout?: number;
  /** How many messages may run at once; default 1, which keeps them in order. */
  readonly concurrency?: number;
  /**
   * Of an event: that it is handled again does no harm. Then its lane does not look into the journal before it, nor wait
   * until its end is recorded before it goes on, and a crash, or a
   * reconnect to the broker, may repeat the last few hundred of them, in order.
   */
  readonly repeatable?: boolean;
  /** Its data may be bytes, in base64; any other handler would take that for the text, and rejects it. */
  readonly takesBytes?: boolean;
  /** Megabytes of memory for a user's handler in the process of its lane; default 256. */
  readonly memoryMb?: number;
  /** Does the work. A thrown error fails the run: `TerminalError` for good, any other may be retried. */
  readonly run: (context: RunContext<Data>) => Promise<RunResult>;
  /** Lets go of what it keeps from one message to the next; called when its lane is started again. */
  readonly reset?: () => void;
}

/** A message's data as its handler's schema gives it back. @throws RunError badData, and whatever the schema throws */
export async function validated(handler: Handler, data: unknown): Promise<readonly string[]> {
  const result = await handler.data["~standard"].validate(data);
  if (result.issues === undefined) return result.value;
  throw new RunError("badData", result.issues[0]?.message ?? "the data does not fit");
}

/** A handler as it is written. */
export interface HandlerDefinition<Data> extends Omit<Handler<Data>, "data" | "run"> {
  /** As in `Handler`; without it, any list of strings will do. */
  readonly data?: DataSchema<Data>;
  /** As in `Handler`; a string stands for what a program would have printed. */
  readonly run: (context: RunContext<Data>) => Returned | Promise<Returned>;
}

type Returned = RunResult | string | void;

/** Declares a handler; the schema decides the type of `data` in `run`. */
export function defineHandler<Data = readonly string[]>(definition: HandlerDefinition<Data>): Handler {
  const { data = anyStrings, run } = definition;
  return {
    ...definition,
    // Sound: the daemon hands `run` only what the handler's own schema gave back.
    data: data as DataSchema<readonly string[]>,
    run: async (context) => toResult(await run(context as unknown as RunContext<Data>)),
  };
}

const anyStrings: DataSchema<unknown> = { "~standard": { validate: (value) => ({ value }) } };

function toResult(returned: Returned): RunResult {
  return typeof returned === "string" ? { output: { stdout: returned, stderr: "" } } : (returned ?? {});
}

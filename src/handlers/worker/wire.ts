import type { ErrorCode } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/message.ts";
import type { RunContext, RunResult } from "../define.ts";

/** The settings of a lane's process. The process receives the settings as JSON in its argument. */
export interface WorkerSpec {
  /**
   * The lane whose calls the process makes. Without `lane`, the process only reports the handlers that the files
   * export.
   */
  readonly lane?: string | undefined;
  readonly files: readonly string[];
  readonly memoryMb: number;
  /** The largest number of bytes of each output stream in an ACK. */
  readonly outputLimit: number;
}

export type CallRequest =
  /** Asks if the data matches the handler's schema. */
  | { readonly kind: "check"; readonly data: unknown }
  | { readonly kind: "run"; readonly message: Message; readonly env: NodeJS.ProcessEnv; readonly dataDir: string };

/** A request from the daemon to the thread. */
export type Request =
  | (CallRequest & { readonly call: number })
  | { readonly kind: "abort"; readonly call: number; readonly reason: Reason };

/** The reason why a run must stop. The thread makes `signal.reason` from this reason. */
export interface Reason {
  readonly code?: ErrorCode | undefined;
  readonly message: string;
}

/** A thrown error, in the form in which the thread sends it. */
export interface WireFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** True if the error was a `TerminalError`. */
  readonly terminal: boolean;
  /** True if the error came from a system that had too little memory, space or processes. */
  readonly notNow?: boolean;
  readonly result: RunResult;
  readonly stack?: string | undefined;
}

/** The end of a call. */
export type Answer =
  | { readonly kind: "checked"; readonly issue?: string | undefined }
  | { readonly kind: "done"; readonly result: RunResult }
  | { readonly kind: "failed"; readonly failure: WireFailure };

/** A report to the daemon, from the thread or from the process of the thread. */
export type Report =
  | { readonly kind: "loading"; readonly file: string }
  /** The settings of the handlers that a file exports, as JSON. They are not checked yet. */
  | { readonly kind: "found"; readonly file: string; readonly definitions: string }
  /** The file was loaded and has a fault. */
  | { readonly kind: "fault"; readonly message: string }
  | { readonly kind: "ready" }
  /** A call has begun. A call that has not begun may be made in another process. */
  | { readonly kind: "taken"; readonly call: number }
  | (Answer & { readonly call: number })
  /** The last report, with the reason why the process ends. */
  | { readonly kind: "ended"; readonly why: string };

/** The parts of a run's context that are sent to the thread. The thread makes a new signal. */
export function runRequest({ message, env, dataDir }: RunContext): CallRequest {
  return { kind: "run", message, env, dataDir };
}

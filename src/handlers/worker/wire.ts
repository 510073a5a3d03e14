import type { ErrorCode } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/message.ts";
import type { RunContext, RunResult } from "../define.ts";

/** The settings with which the process of a lane is started, as JSON in its argument. */
export interface WorkerSpec {
  /** The lane that it serves; without one it only reports which handlers the files export. */
  readonly lane?: string | undefined;
  readonly files: readonly string[];
  readonly memoryMb: number;
  /** How many bytes of each output stream an ACK holds. */
  readonly outputLimit: number;
}

export type CallRequest =
  /** Does the data match the handler's schema? */
  | { readonly kind: "check"; readonly data: unknown }
  | { readonly kind: "run"; readonly message: Message; readonly env: NodeJS.ProcessEnv; readonly dataDir: string };

/** From the daemon to the thread. */
export type Request =
  | (CallRequest & { readonly call: number })
  | { readonly kind: "abort"; readonly call: number; readonly reason: Reason };

/** The reason why a run must stop, from which the other side makes `signal.reason`. */
export interface Reason {
  readonly code?: ErrorCode | undefined;
  readonly message: string;
}

/** A thrown error in the form in which it is sent. */
export interface WireFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** It was a `TerminalError`. */
  readonly terminal: boolean;
  /** It was an error of the system, which had too little memory, space or processes. */
  readonly notNow?: boolean;
  readonly result: RunResult;
  readonly stack?: string | undefined;
}

/** The end of a call. */
export type Answer =
  | { readonly kind: "checked"; readonly issue?: string | undefined }
  | { readonly kind: "done"; readonly result: RunResult }
  | { readonly kind: "failed"; readonly failure: WireFailure };

/** From the thread, or the process around it, to the daemon. */
export type Report =
  | { readonly kind: "loading"; readonly file: string }
  /** The handlers of a file, as the file exports them: JSON, unchecked. */
  | { readonly kind: "found"; readonly file: string; readonly definitions: string }
  /** The file was loaded and has a fault. */
  | { readonly kind: "fault"; readonly message: string }
  | { readonly kind: "ready" }
  /** A call has begun; a call that has not begun may be made in another process. */
  | { readonly kind: "taken"; readonly call: number }
  | (Answer & { readonly call: number })
  /** The last report: why the process ends. */
  | { readonly kind: "ended"; readonly why: string };

/** The parts of a run's context that are sent; the other side makes a new signal. */
export function runRequest({ message, env, dataDir }: RunContext): CallRequest {
  return { kind: "run", message, env, dataDir };
}

import type { ErrorCode } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/message.ts";
import type { RunContext, RunResult } from "../define.ts";

/** What the process of a lane is started with, as JSON in its argument. */
export interface WorkerSpec {
  /** The lane that it serves; without one it only tells which handlers the files hold. */
  readonly lane?: string | undefined;
  readonly files: readonly string[];
  readonly memoryMb: number;
  /** Bytes of each output stream that an ACK holds. */
  readonly outputLimit: number;
}

export type CallRequest =
  /** Is this data as the handler's schema wants it? */
  | { readonly kind: "check"; readonly data: unknown }
  | { readonly kind: "run"; readonly message: Message; readonly env: NodeJS.ProcessEnv; readonly dataDir: string };

/** From the daemon to the thread. */
export type Request =
  | (CallRequest & { readonly call: number })
  | { readonly kind: "abort"; readonly call: number; readonly reason: Reason };

/** Why a run is to stop: what `signal.reason` is made of on the other side. */
export interface Reason {
  readonly code?: ErrorCode | undefined;
  readonly message: string;
}

/** A thrown error as it crosses. */
export interface WireFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** It was a `TerminalError`. */
  readonly terminal: boolean;
  /** It was an error of the system for want of room. */
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
  /** The handlers of a file, as the file gives them: JSON, not yet checked. */
  | { readonly kind: "found"; readonly file: string; readonly definitions: string }
  /** The file was loaded and has a fault. */
  | { readonly kind: "fault"; readonly message: string }
  | { readonly kind: "ready" }
  /** A call has begun; one that has not may still be made elsewhere. */
  | { readonly kind: "taken"; readonly call: number }
  | (Answer & { readonly call: number })
  /** The last words: why the process ends. */
  | { readonly kind: "ended"; readonly why: string };

/** What crosses of a run's context; its signal is made anew on the other side. */
export function runRequest({ message, env, dataDir }: RunContext): CallRequest {
  return { kind: "run", message, env, dataDir };
}

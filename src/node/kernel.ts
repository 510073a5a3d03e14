import { TerminalError } from "../handlers/define.ts";
import type { Message } from "../protocol/message.ts";
import { parseDuration } from "../protocol/duration.ts";
import { maxRetryWait, type NodeSettings } from "./settings.ts";

/** A run that failed, as its process reports it. */
export interface Failure {
  readonly message: Message;
  readonly attempt: number;
  readonly error: unknown;
}

/** What the process of a failed run is told to do. */
export type Verdict = { readonly kind: "continue" } | { readonly kind: "retry"; readonly afterMs: number };

/**
 * The error kernel: hears of every failed run and decides what becomes of it. `retry` runs the message again after a
 * wait, which doubles with each attempt and has jitter; `continue` records the failure and goes on with the lane.
 */
export function judge(
  { message, attempt, error }: Failure,
  defaults: Pick<NodeSettings, "retries" | "retryWait">,
): Verdict {
  const retries = message.delivery === "atMostOnce" ? 0 : (message.retries ?? defaults.retries);
  if (error instanceof TerminalError || attempt > retries) return { kind: "continue" };
  const first = message.retryWait === undefined ? defaults.retryWait : (parseDuration(message.retryWait) ?? 0);
  const wait = Math.min(first * 2 ** Math.min(attempt - 1, 30), maxRetryWait);
  return { kind: "retry", afterMs: Math.round(wait * (0.75 + Math.random() / 2)) };
}

import { OutputCapture, type CapturedOutput } from "../../exec/captured-output.ts";
import { errorMeanings, messageOf, type ErrorCode } from "../../protocol/errors.ts";
import { isNotNow } from "../../util/errno.ts";
import { RunError, TerminalError, type RunResult } from "../define.ts";
import { toOutput } from "../output.ts";
import type { WireFailure } from "./wire.ts";

/** The largest number of characters of a text that is not output. */
export const longestText = 2000;

/**
 * Makes a result for an ACK from a handler's return value. Output texts are cut to `limit` bytes. The number of removed
 * bytes is in the result.
 * @throws RunError handlerFailed for a value that is not a result
 */
export function checkedResult(returned: unknown, limit: number): RunResult {
  if (returned === null || typeof returned !== "object") {
    throw wrong("must return a text, nothing, or an object with output, exitCode and signal", returned);
  }
  const { output, exitCode, signal } = returned as Record<string, unknown>;
  if (exitCode !== undefined && !Number.isSafeInteger(exitCode))
    throw wrong("exitCode must be a whole number", exitCode);
  if (signal !== undefined && typeof signal !== "string") throw wrong("signal must be a text", signal);
  return {
    ...(output === undefined ? {} : { output: checkedOutput(output, limit) }),
    ...(exitCode === undefined ? {} : { exitCode: exitCode as number }),
    ...(signal === undefined ? {} : { signal: signal.slice(0, longestText) }),
  };
}

function checkedOutput(output: unknown, limit: number): NonNullable<RunResult["output"]> {
  if (output === null || typeof output !== "object")
    throw wrong("output must be an object with stdout and stderr", output);
  const { stdout = "", stderr = "", encoding = "utf8" } = output as Record<string, unknown>;
  if (encoding !== "utf8" && encoding !== "base64") throw wrong('output.encoding can only be "base64"', encoding);
  const captured = (name: string, text: unknown): CapturedOutput => {
    if (typeof text !== "string") throw wrong(`output.${name} must be a text`, text);
    const capture = new OutputCapture(limit);
    capture.add(Buffer.from(text, encoding));
    return capture.captured();
  };
  return toOutput(captured("stdout", stdout), captured("stderr", stderr));
}

function wrong(rule: string, value: unknown): RunError {
  return new RunError("handlerFailed", `the handler's result is not usable: ${rule}, not ${kindOf(value)}`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number") return `the number ${value}`;
  return Array.isArray(value) ? "a list" : `a value of the type ${typeof value}`;
}

/** The error that a handler threw, as data. Never throws, for any thrown value. */
export function failureOf(thrown: unknown, limit: number): WireFailure {
  const message = messageOf(thrown).slice(0, longestText);
  try {
    const stack = thrown instanceof Error ? String(thrown.stack).slice(0, 2 * longestText) : undefined;
    if (!(thrown instanceof RunError)) {
      const failure = { code: "handlerFailed", message, terminal: false, result: {}, stack } as const;
      return isNotNow(thrown) ? { ...failure, notNow: true } : failure;
    }
    const terminal = thrown instanceof TerminalError;
    return { code: knownCode(thrown.code), message, terminal, result: resultOf(thrown, limit), stack };
  } catch {
    return { code: "handlerFailed", message, terminal: false, result: {} };
  }
}

/**
 * The result in an error is optional. If the result cannot be used, it is left out, so that the handler's error is
 * still reported.
 */
function resultOf(error: RunError, limit: number): RunResult {
  try {
    return checkedResult(error.result, limit);
  } catch {
    return {};
  }
}

function knownCode(code: string): ErrorCode {
  return Object.hasOwn(errorMeanings, code) ? (code as ErrorCode) : "handlerFailed";
}

import { accessSync, constants } from "node:fs";
import { messageOf, StewardError } from "../protocol/errors.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such program, or the interpreter that its first line names is missing; check the name and PATH",
  EACCES: "it is not a file that may be executed; check its permissions",
  E2BIG: "its arguments and environment are larger than the system allows; pass large data in a file",
  EAGAIN: "the system allows no more processes",
  EMFILE: "too many files are open in this process",
  ENFILE: "too many files are open on this system",
  ENOMEM: "the system is out of memory",
  ERR_INVALID_ARG_VALUE: "its name is empty, or its name, folder, arguments or environment hold a NUL byte",
};

/**
 * The error for a program that did not start. The text contains the program's name and the reason, but no arguments,
 * because arguments may contain secrets.
 */
export function spawnFailure(error: unknown, program: string, cwd: string | undefined): StewardError {
  const folderProblem = cwd === undefined ? undefined : problemWith(cwd);
  const isLine = folderProblem === undefined && codeOf(error) === "ENOENT" && /\s/.test(program);
  const hint = isLine ? "; exec does not split a line into words, the subject shell does" : "";
  const reason = folderProblem ?? reasons[codeOf(error)] ?? messageOf(error);
  return new StewardError("spawnFailed", `cannot start ${shown(program)}: ${reason}${hint}`, { cause: error });
}

/**
 * The fault of the folder; undefined if the folder can be entered. The system gives the same error for a missing
 * program and a missing folder, so the folder is checked separately.
 */
function problemWith(cwd: string): string | undefined {
  try {
    accessSync(`${cwd}/.`, constants.X_OK);
    return undefined;
  } catch (error) {
    return `its folder ${shown(cwd)} cannot be entered (${codeOf(error)})`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** The text in quotes, on one line, shortened to 100 characters. */
function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

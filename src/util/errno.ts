/** The system's name for an error, such as `ENOENT`. Empty if the error does not come from the system. */
export function errnoOf(error: unknown): string {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return "";
  return String(error.code);
}

/**
 * Errors of a system that lacks memory, processes, descriptors or disk space, or whose disk is not available. A later
 * try may succeed.
 */
const notNow: ReadonlySet<string> = new Set([
  "EMFILE",
  "ENFILE",
  "EAGAIN",
  "ENOMEM",
  "ENOBUFS",
  "ENOSPC",
  "EDQUOT",
  "EROFS",
  "EIO",
  "ESTALE",
]);

/** True for an error in `notNow`, or for an error whose cause is in `notNow`. A later try may succeed. */
export function isNotNow(error: unknown): boolean {
  return notNow.has(errnoOf(error)) || (error instanceof Error && notNow.has(errnoOf(error.cause)));
}

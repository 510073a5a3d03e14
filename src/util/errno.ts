/** The system's name for an error, such as `ENOENT`; empty for an error that does not come from the system. */
export function errnoOf(error: unknown): string {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return "";
  return String(error.code);
}

/** Errors of the system when it lacks room, or when a disk is away: a later try may succeed. */
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

/** True for such an error of the system, or one caused by it: a later try may succeed. */
export function isNotNow(error: unknown): boolean {
  return notNow.has(errnoOf(error)) || (error instanceof Error && notNow.has(errnoOf(error.cause)));
}

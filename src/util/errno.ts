/** The system's name for an error, such as `ENOENT`; empty for one that is not the system's. */
export function errnoOf(error: unknown): string {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return "";
  return String(error.code);
}

/** What the system says when it lacks room, or a disk is away: the same thing may be done later. */
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

/** True for an error of the system, or one that was caused by it, that says nothing of a later try. */
export function isNotNow(error: unknown): boolean {
  return notNow.has(errnoOf(error)) || (error instanceof Error && notNow.has(errnoOf(error.cause)));
}

/** The system's name for an error, such as `ENOENT`; empty for one that is not the system's. */
export function errnoOf(error: unknown): string {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return "";
  return String(error.code);
}

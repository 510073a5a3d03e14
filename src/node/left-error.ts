/** Thrown by a process that leaves its message to a later one. */
export class LeftError extends Error {
  constructor() {
    super("the message is left to a later process of it");
  }
}

/** True for what a process rejects with when it was told to leave its message; that breaks no lane. */
export function isLeft(error: unknown): boolean {
  return error instanceof LeftError;
}

/** Thrown by a process that leaves its message to a later process. */
export class LeftError extends Error {
  constructor() {
    super("the message is left to a later process");
  }
}

/** True for the error of a process that was asked to leave its message. Such an error does not break the lane. */
export function isLeft(error: unknown): boolean {
  return error instanceof LeftError;
}

import { errors } from "nats";

/** True when a request failed because the credentials do not permit it. */
export function isDenied(error: unknown): boolean {
  return violationIn(error) !== undefined;
}

/** True when a request failed because the credentials do not permit receiving any answer. */
export function hearsNoAnswer(error: unknown): boolean {
  return violationIn(error)?.operation === "subscription";
}

function violationIn(error: unknown): InstanceType<typeof errors.PermissionViolationError> | undefined {
  if (error instanceof errors.PermissionViolationError) return error;
  return error instanceof Error && error.cause !== undefined ? violationIn(error.cause) : undefined;
}

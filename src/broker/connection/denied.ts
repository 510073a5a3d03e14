import { errors } from "nats";

/** True if a request failed because the credentials do not permit the request. */
export function isDenied(error: unknown): boolean {
  return violationIn(error) !== undefined;
}

/** True if a request failed because the credentials do not permit the client to receive answers. */
export function hearsNoAnswer(error: unknown): boolean {
  return violationIn(error)?.operation === "subscription";
}

function violationIn(error: unknown): InstanceType<typeof errors.PermissionViolationError> | undefined {
  if (error instanceof errors.PermissionViolationError) return error;
  return error instanceof Error && error.cause !== undefined ? violationIn(error.cause) : undefined;
}

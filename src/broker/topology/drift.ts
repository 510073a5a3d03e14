import type { ShippedStream } from "./shipped-streams.ts";

/** A field of an existing stream that differs from the shipped configuration. */
export interface Drift {
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Fields that an edit cannot restore. The stream must be deleted and created again. */
const unchangeable: readonly string[] = ["sealed", "storage", "retention"];

/** True for a difference that `nats stream edit` cannot remove. The server only sets `deny_delete`, and never unsets it. */
export function needsNewStream({ field, actual }: Drift): boolean {
  return unchangeable.includes(field) || (field === "deny_delete" && actual === true);
}

/**
 * The fields of an existing stream that differ from the shipped stream. Only the fields of the shipped stream are
 * compared, because the server adds defaults. The description is not compared: it is for people, and may be reworded.
 */
export function driftOf(shipped: ShippedStream, actual: Readonly<Record<string, unknown>>): readonly Drift[] {
  // A sealed stream differs in other fields too, as a consequence of the sealing.
  if (actual["sealed"] === true) return [{ field: "sealed", expected: false, actual: true }];
  return Object.entries(shipped)
    .filter(([field, expected]) => field !== "description" && !holds(actual[field], expected))
    .map(([field, expected]) => ({ field, expected, actual: actual[field] }));
}

/**
 * Compares two values of a field. The server treats lists (subjects, sources, transforms) as sets, so their order has
 * no meaning.
 */
function holds(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item) => actual.some((candidate) => holds(candidate, item)))
    );
  }
  if (isRecord(expected)) {
    return isRecord(actual) && Object.entries(expected).every(([field, value]) => holds(actual[field], value));
  }
  return actual === expected;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

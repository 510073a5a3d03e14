import type { ShippedStream } from "./shipped-streams.ts";

/** A field of an existing stream that differs from the shipped configuration. */
export interface Drift {
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Fields that no edit can restore: the stream must be deleted and created again. */
const unchangeable: readonly string[] = ["sealed", "storage", "retention"];

/** True for a difference that `nats stream edit` cannot remove. */
export function needsNewStream({ field }: Drift): boolean {
  return unchangeable.includes(field);
}

/**
 * The fields in which an existing stream differs from the shipped one. Only the fields of the shipped one are compared,
 * because the server adds defaults. Its description is not compared: it is for people, and may be reworded.
 */
export function driftOf(shipped: ShippedStream, actual: Readonly<Record<string, unknown>>): readonly Drift[] {
  // Sealing also changes other fields as a consequence.
  if (actual["sealed"] === true) return [{ field: "sealed", expected: false, actual: true }];
  return Object.entries(shipped)
    .filter(([field, expected]) => field !== "description" && !holds(actual[field], expected))
    .map(([field, expected]) => ({ field, expected, actual: actual[field] }));
}

/** Lists (subjects, sources, transforms) are sets to the server: their order has no meaning. */
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

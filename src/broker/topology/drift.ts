import type { ShippedStream } from "./shipped-streams.ts";

/** A field that an existing stream holds otherwise than it was shipped. */
export interface Drift {
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** What no edit can set back: the stream must be made anew. */
const unchangeable: readonly string[] = ["sealed", "storage", "retention"];

/** True for a difference that `nats stream edit` cannot take away. */
export function needsNewStream({ field }: Drift): boolean {
  return unchangeable.includes(field);
}

/**
 * Where an existing stream differs from the shipped one. Only what the shipped one says is compared, because the
 * server adds defaults; its description is for people, and may be reworded.
 */
export function driftOf(shipped: ShippedStream, actual: Readonly<Record<string, unknown>>): readonly Drift[] {
  // Sealing changes other fields too, which follow from it.
  if (actual["sealed"] === true) return [{ field: "sealed", expected: false, actual: true }];
  return Object.entries(shipped)
    .filter(([field, expected]) => field !== "description" && !holds(actual[field], expected))
    .map(([field, expected]) => ({ field, expected, actual: actual[field] }));
}

/** Lists (subjects, sources, transforms) are sets to the server: their order means nothing. */
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

import type { ParsedEntry } from "../../../src/inputs/inbox.ts";

/** A message as these tests have it: whatever has a name. */
export interface Note {
  readonly name: string;
}

export function parseNote(value: unknown): ParsedEntry<Note> {
  const name = typeof value === "object" && value !== null && "name" in value ? value.name : undefined;
  return typeof name === "string"
    ? { ok: true, message: { name } }
    : { ok: false, reason: "name: a string is missing" };
}

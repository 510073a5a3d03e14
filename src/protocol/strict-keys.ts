import * as v from "valibot";
import { closest } from "../util/closest.ts";

/**
 * An object without unknown keys. An unknown key is reported before all other faults, because it may be the mistyped
 * name of a missing one.
 */
export function strictKeys<Entries extends v.ObjectEntries>(
  entries: Entries,
  otherwise: string,
): v.GenericSchema<unknown, v.InferOutput<v.StrictObjectSchema<Entries, string>>> {
  const known = Object.keys(entries);
  return v.pipe(
    // A list is an object too, and an empty one would be a rule that allows everything.
    v.custom<Record<string, unknown>>(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
      otherwise,
    ),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const input = dataset.value;
      const key = Object.keys(input).find((name) => !known.includes(name));
      if (key === undefined) return;
      const meant = closest(key, known);
      const message = meant === undefined ? "unknown key" : `unknown key; did you mean ${meant}?`;
      addIssue({ message, path: [{ type: "object", origin: "key", input, key, value: input[key] }] });
    }),
    v.strictObject(entries, otherwise),
  );
}

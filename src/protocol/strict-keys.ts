import * as v from "valibot";
import { closest } from "../util/closest.ts";

/**
 * The schema of an object without unknown keys. An unknown key is reported before all other faults, because the unknown
 * key may be a missing key with a typing mistake.
 */
export function strictKeys<Entries extends v.ObjectEntries>(
  entries: Entries,
  otherwise: string,
): v.GenericSchema<unknown, v.InferOutput<v.StrictObjectSchema<Entries, string>>> {
  const known = Object.keys(entries);
  return v.pipe(
    // A list is refused. JavaScript counts a list as an object, and an empty list would be a rule that allows
    // everything.
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

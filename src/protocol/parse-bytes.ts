import * as v from "valibot";

/** Reads JSON that fits a schema; undefined when the bytes are none. */
export function parseBytes<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): T | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(Buffer.from(bytes).toString()), { abortEarly: true });
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

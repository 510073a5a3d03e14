import * as v from "valibot";

/** Reads JSON that matches a schema; undefined if the bytes are not JSON, or do not match. */
export function parseBytes<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): T | undefined {
  return fitting(schema, parseJson(bytes));
}

/** Reads JSON; undefined if the bytes are not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  } catch {
    return undefined;
  }
}

/** The schema's output for a value; undefined if the value does not match. */
export function fitting<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T | undefined {
  const result = v.safeParse(schema, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}

import * as v from "valibot";

/** Reads JSON that fits a schema; undefined when the bytes are none. */
export function parseBytes<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): T | undefined {
  return fitting(schema, parseJson(bytes));
}

/** Reads JSON; undefined when the bytes are none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  } catch {
    return undefined;
  }
}

/** What a schema makes of a value; undefined when it does not fit. */
export function fitting<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T | undefined {
  const result = v.safeParse(schema, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}

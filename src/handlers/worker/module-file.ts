import { pathToFileURL } from "node:url";
import { messageOf } from "../../protocol/errors.ts";
import { defineHandler, type Handler, type HandlerDefinition } from "../define.ts";

/**
 * Loads a user's file and returns the handlers that it exports.
 * @throws Error with a text that names the fault, but not the file
 */
export async function loadHandlers(file: string): Promise<Handler[]> {
  const { default: exported } = await load(file);
  const list: unknown[] = Array.isArray(exported) ? exported : [exported];
  if (list.length === 0) throw new Error("exports an empty list");
  return list.map(toHandler);
}

async function load(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
}

function toHandler(exported: unknown): Handler {
  if (exported === null || typeof exported !== "object" || !("run" in exported) || typeof exported.run !== "function") {
    throw new Error("has no handler as its default export; write `export default defineHandler({ … })`");
  }
  if ("data" in exported && !isSchema(exported.data))
    throw new Error("data must be a schema, such as one of valibot or zod");
  return defineHandler(exported as HandlerDefinition<unknown>);
}

function isSchema(value: unknown): boolean {
  const standard = (value as Handler["data"] | null | undefined)?.["~standard"];
  return typeof standard?.validate === "function";
}

/** The handlers' settings that the daemon needs, as JSON. The JSON contains no functions, and is not checked here. */
export function describeHandlers(handlers: readonly Handler[]): string {
  return JSON.stringify(
    handlers.map(({ messageType, subject, describe, timeout, concurrency, repeatable, memoryMb }) => {
      return { messageType, subject, describe, timeout, concurrency, repeatable, memoryMb };
    }),
  );
}

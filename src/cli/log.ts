import { pino, type Logger } from "pino";
import { wellFormedJson } from "../util/json.ts";
import { harmless } from "./harmless.ts";
import { stderr } from "./stdio.ts";

/**
 * The daemon's log on stderr. The log has readable lines on a terminal, and otherwise JSON lines. The pretty printer is
 * loaded only for readable lines.
 */
export async function createLog(level: string, context: Readonly<Record<string, unknown>>): Promise<Logger> {
  const shown = stderr.isTerminal ? await prettyPrinter() : wellFormedJson;
  return pino({ level, base: context }, { write: (line) => stderr.log(shown(line)) });
}

async function prettyPrinter(): Promise<(line: string) => string> {
  const { prettyFactory } = await import("pino-pretty");
  const pretty = prettyFactory({ translateTime: "HH:MM:ss.l", ignore: "node" });
  return (line) => pretty(JSON.stringify(JSON.parse(line, harmlessField)));
}

/**
 * Makes a field harmless, because the pretty printer prints all texts unchanged. Only a stack may have several lines.
 */
function harmlessField(key: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  return key === "stack" ? value.split("\n").map(harmless).join("\n") : harmless(value);
}

import { pino, type Logger } from "pino";
import { stderr } from "./stdio.ts";

/** The daemon's log, on stderr: JSON lines, or for people on a terminal. Loads the pretty printer only then. */
export async function createLog(level: string, context: Readonly<Record<string, unknown>>): Promise<Logger> {
  const shown = stderr.isTerminal ? await prettyPrinter() : (line: string) => line;
  return pino({ level, base: context }, { write: (line) => stderr.log(shown(line)) });
}

async function prettyPrinter(): Promise<(line: string) => string> {
  const { prettyFactory } = await import("pino-pretty");
  return prettyFactory({ translateTime: "HH:MM:ss.l", ignore: "node" });
}

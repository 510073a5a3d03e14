import { pino, type Logger } from "pino";

/** The daemon's log, on stderr: JSON lines, or for people on a terminal. Loads the pretty printer only then. */
export async function createLog(level: string, context: Readonly<Record<string, unknown>>): Promise<Logger> {
  if (!process.stderr.isTTY) return pino({ level, base: context }, pino.destination({ dest: 2, sync: true }));
  const { PinoPretty } = await import("pino-pretty");
  const pretty = PinoPretty({ destination: 2, sync: true, translateTime: "HH:MM:ss.l", ignore: "node" });
  return pino({ level, base: context }, pretty);
}
